// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A coder of the benchmark's own, standing for a published one. Its times are those of a warm JVM
 * and its memory is not measured: only its sizes are compared.
 */
@TouchesTheWorld("reads the corpus, writes what the coder rebuilt")
record InProcess(String name, PlaneCoder coder) implements Contender {
  @Override
  public Sort sort() {
    return Sort.TENSORS;
  }

  @Override
  public Measured run(Pair pair, Path out, Path work) throws IOException {
    byte[] old = Files.readAllBytes(pair.old());
    byte[] next = Files.readAllBytes(pair.next());
    long start = System.nanoTime();
    byte[] delta = coder.encode(old, next);
    Timed making = since(start);
    start = System.nanoTime();
    byte[] rebuilt = coder.decode(old, delta);
    Timed applying = since(start);
    Files.write(out, rebuilt);
    return new Measured(delta.length, making, applying);
  }

  private static Timed since(long start) {
    double seconds = (System.nanoTime() - start) / 1e9;
    return new Timed(seconds, seconds, 0);
  }
}
