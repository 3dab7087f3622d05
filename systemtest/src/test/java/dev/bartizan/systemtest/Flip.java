// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * One flipped bit of a file.
 *
 * @param position of the byte
 */
record Flip(int position) {
  private static final long SEED = 20_261_123;

  static Flip first() {
    return new Flip(0);
  }

  static Flip middle(byte[] content) {
    return new Flip(content.length / 2);
  }

  static Flip last(byte[] content) {
    return new Flip(content.length - 1);
  }

  /** A place that nobody chose, and always the same for a file of that length. */
  static Flip somewhere(byte[] content) {
    return new Flip(new Random(SEED + content.length).nextInt(content.length));
  }

  /**
   * Every byte of a file of at most {@code most} bytes; of a longer one that many, both ends too.
   */
  static IntStream positions(byte[] content, int most) {
    if (content.length <= most) { // Also when it is empty: there is nothing to flip.
      return IntStream.range(0, content.length);
    }
    IntStream ends = IntStream.of(0, content.length - 1);
    return IntStream.concat(ends, new Random(SEED).ints(most - 2L, 0, content.length));
  }

  /** Which bit depends on the position: over a file, every bit has its turn. */
  byte[] of(byte[] content) {
    byte[] flipped = content.clone();
    flipped[position] ^= (byte) (1 << position % 8);
    return flipped;
  }

  /** Puts another file in place, so that a process that has the old one open goes on with that. */
  void replace(Path file) throws IOException {
    Path flipped = file.resolveSibling(file.getFileName() + ".flipped");
    Files.copy(file, flipped, StandardCopyOption.COPY_ATTRIBUTES);
    Files.write(flipped, of(Files.readAllBytes(file)));
    Files.move(flipped, file, StandardCopyOption.REPLACE_EXISTING);
  }

  @Override
  public String toString() {
    return "byte " + position;
  }
}
