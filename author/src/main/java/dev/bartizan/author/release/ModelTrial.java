// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.golden.Deviation;
import dev.bartizan.updater.golden.GoldenVectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Does with a model what each device will do before it serves it, ahead of its release. */
@FunctionalInterface
public interface ModelTrial {
  /**
   * Loads {@code model} and runs its golden vectors.
   *
   * @param model the whole file, outside the heap
   * @return how far its answers are from the golden ones; empty where there are none
   * @throws Refusal when devices would refuse the model, or its vectors
   */
  Optional<Deviation> run(ByteBuffer model, Optional<GoldenVectors> golden)
      throws IOException, Refusal;
}
