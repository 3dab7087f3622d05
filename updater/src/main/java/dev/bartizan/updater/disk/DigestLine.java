// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.Digest;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * Content that ends in a line of its own SHA-256 (line feed, 64 hexadecimal digits, line feed), so
 * that every flipped byte of the file shows.
 *
 * <p>Against damage, not against forgery: anybody can compute it.
 */
public final class DigestLine {
  private static final int LENGTH = 1 + 2 * Digest.LENGTH + 1;

  private DigestLine() {}

  /** The content with its line. */
  public static byte[] append(byte[] content) {
    byte[] file = Arrays.copyOf(content, content.length + LENGTH);
    System.arraycopy(lineOf(content), 0, file, content.length, LENGTH);
    return file;
  }

  /** The content without its line; empty when a byte of either is not as it was written. */
  public static Optional<byte[]> strip(byte[] file) {
    if (file.length < LENGTH) {
      return Optional.empty();
    }
    byte[] content = Arrays.copyOf(file, file.length - LENGTH);
    byte[] line = Arrays.copyOfRange(file, content.length, file.length);
    return Arrays.equals(line, lineOf(content)) ? Optional.of(content) : Optional.empty();
  }

  private static byte[] lineOf(byte[] content) {
    return ("\n" + Digest.of(content).hex() + "\n").getBytes(StandardCharsets.US_ASCII);
  }
}
