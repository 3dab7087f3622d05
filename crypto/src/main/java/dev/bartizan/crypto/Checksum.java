// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;

/**
 * How content on disk carries its own SHA-256, so that every flipped bit of the file shows: as text
 * in hexadecimal between two marks, behind the content or in front of it.
 *
 * <p>Against damage, not against forgery or exchange: anybody can compute it.
 *
 * @param before what the digits follow, ASCII
 * @param after what follows the digits, ASCII
 */
public record Checksum(String before, String after) {
  /** On a line of its own behind the content. */
  public static final Checksum LAST_LINE = new Checksum("\n", "\n");

  /** The content with its checksum behind it. */
  public byte[] append(byte[] content) {
    return concat(content, text(content));
  }

  /** The content without the checksum behind it; empty when a bit of either changed. */
  public Optional<byte[]> strip(byte[] file) {
    if (file.length < length()) {
      return Optional.empty();
    }
    int end = file.length - length();
    return checked(Arrays.copyOf(file, end), Arrays.copyOfRange(file, end, file.length));
  }

  /** The content with its checksum in front of it. */
  public byte[] prepend(byte[] content) {
    return concat(text(content), content);
  }

  /** The content without the checksum in front of it; empty when a bit of either changed. */
  public Optional<byte[]> stripFront(byte[] file) {
    if (file.length < length()) {
      return Optional.empty();
    }
    return checked(Arrays.copyOfRange(file, length(), file.length), Arrays.copyOf(file, length()));
  }

  private Optional<byte[]> checked(byte[] content, byte[] found) {
    return Arrays.equals(found, text(content)) ? Optional.of(content) : Optional.empty();
  }

  private byte[] text(byte[] content) {
    return (before + Digest.of(content).hex() + after).getBytes(StandardCharsets.US_ASCII);
  }

  private int length() {
    return before.length() + 2 * Digest.LENGTH + after.length();
  }

  private static byte[] concat(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }
}
