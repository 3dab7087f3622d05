// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.tpm.TpmHash;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.jcajce.provider.digest.SM3;

/**
 * A hash algorithm as a log names it, which need not be one that this code can compute: its digests
 * can be skipped all the same, since the log says how long they are.
 *
 * @param id the TPM_ALG_ID
 * @param size bytes of a digest
 */
public record LogHash(int id, int size) {
  /** SHA-1: read, never a basis of trust. */
  public static final LogHash SHA1 = new LogHash(0x0004, 20);

  /** SHA-256. */
  public static final LogHash SHA256 = new LogHash(0x000b, 32);

  static final int MAX_SIZE = 64;

  private static final String SM3_NAME = "SM3";
  private static final int SM3_ID = 0x0012;

  private static final Map<Integer, String> TEXTS =
      Map.of(
          0x0004,
          "sha1",
          0x000b,
          "sha256",
          0x000c,
          "sha384",
          0x000d,
          "sha512",
          SM3_ID,
          "sm3_256",
          0x0027,
          "sha3_256",
          0x0028,
          "sha3_384",
          0x0029,
          "sha3_512");

  private static final Map<Integer, Integer> SIZES =
      Map.of(
          0x0004, 20, 0x000b, 32, 0x000c, 48, 0x000d, 64, SM3_ID, 32, 0x0027, 32, 0x0028, 48,
          0x0029, 64);

  private static final Map<Integer, String> PLATFORM_NAMES =
      Map.of(
          0x0004,
          "SHA-1",
          0x000b,
          "SHA-256",
          0x000c,
          "SHA-384",
          0x000d,
          "SHA-512",
          SM3_ID,
          SM3_NAME,
          0x0027,
          "SHA3-256",
          0x0028,
          "SHA3-384",
          0x0029,
          "SHA3-512");

  /** A PCR bank of a TPM, as logs name it. */
  public static LogHash of(TpmHash bank) {
    return new LogHash(bank.id(), bank.size());
  }

  /** The algorithm with this TPM_ALG_ID, if it is one we can compute. */
  static Optional<LogHash> find(int id) {
    return Optional.ofNullable(SIZES.get(id)).map(size -> new LogHash(id, size));
  }

  /** The algorithm called {@code text}, as {@link #text} writes it. */
  static Optional<LogHash> find(String text) {
    return TEXTS.entrySet().stream()
        .filter(entry -> entry.getValue().equals(text))
        .findFirst()
        .flatMap(entry -> find(entry.getKey()));
  }

  /** {@code sha256}, as tpm2-tools write it; {@code 0x0099} when nobody has named it. */
  public String text() {
    return TEXTS.getOrDefault(id, "0x" + HexFormat.of().toHexDigits((short) id));
  }

  /** Whether a replay of this bank can be computed here. */
  public boolean isComputable() {
    return TEXTS.containsKey(id);
  }

  /** Whether {@code size} is what the algorithm has; of one we do not know nobody can say. */
  boolean hasItsSize() {
    return SIZES.getOrDefault(id, size) == size;
  }

  /**
   * A fresh digest.
   *
   * @throws IllegalStateException unless {@link #isComputable}
   */
  MessageDigest messageDigest() {
    String name = PLATFORM_NAMES.getOrDefault(id, text());
    try {
      // The platform has all of them but SM3; Bouncy Castle is asked without being registered.
      return name.equals(SM3_NAME) ? new SM3.Digest() : MessageDigest.getInstance(name);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("cannot compute " + name, impossible);
    }
  }

  @Override
  public String toString() {
    return text();
  }
}
