// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * A SHA-256 digest: the name of some bytes.
 *
 * @param value exactly 32 bytes
 */
public record Digest(Bytes value) {
  public static final int LENGTH = 32;

  public Digest {
    if (value.length() != LENGTH) {
      throw new IllegalArgumentException("a SHA-256 digest has 32 bytes, not " + value.length());
    }
  }

  /** The digest of {@code content}. */
  public static Digest of(byte[] content) {
    return new Digest(Bytes.of(sha256().digest(content)));
  }

  /** Wraps 32 bytes that already are a digest. */
  public static Digest ofValue(byte[] digest) {
    return new Digest(Bytes.of(digest));
  }

  /**
   * Parses 64 hexadecimal digits.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static Digest ofHex(String hex) {
    return new Digest(Bytes.ofHex(hex));
  }

  /** The digest of the rest of {@code content}, which is consumed. */
  public static Digest of(ByteBuffer content) {
    MessageDigest sha256 = sha256();
    sha256.update(content);
    return ofValue(sha256.digest());
  }

  /** A fresh SHA-256 from the platform: small inputs only; bulk data goes through the envelope. */
  public static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has SHA-256", impossible);
    }
  }

  public String hex() {
    return value.hex();
  }

  @Override
  public String toString() {
    return hex();
  }
}
