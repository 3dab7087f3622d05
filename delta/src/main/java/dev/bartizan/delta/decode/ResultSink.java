// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Takes the result in order, piece by piece; none of it counts until the decoder returned. */
@FunctionalInterface
public interface ResultSink {
  /** Consumes all that remains in {@code piece}, which is reused afterwards. */
  void write(ByteBuffer piece) throws IOException;
}
