// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** A hash algorithm as the TPM names it (TPM_ALG_ID): of a name, a policy or a bank of PCRs. */
public enum TpmHash {
  /** Only so that a verifier can read, and then refuse, an old bank. */
  SHA1(0x0004, 20, "SHA-1"),
  SHA256(0x000b, 32, "SHA-256"),
  SHA384(0x000c, 48, "SHA-384"),
  SHA512(0x000d, 64, "SHA-512");

  private final int id;
  private final int size;
  private final String jcaName;

  TpmHash(int id, int size, String jcaName) {
    this.id = id;
    this.size = size;
    this.jcaName = jcaName;
  }

  /** The TPM_ALG_ID. */
  public int id() {
    return id;
  }

  /** Bytes of a digest. */
  public int size() {
    return size;
  }

  /** {@code sha256}, as configuration and tpm2-tools write it. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The bank or algorithm called {@code text}, for example {@code sha256}. */
  public static Optional<TpmHash> find(String text) {
    return Arrays.stream(values()).filter(hash -> hash.text().equals(text)).findFirst();
  }

  /** The algorithm with this TPM_ALG_ID, if it is one of ours. */
  public static Optional<TpmHash> find(long id) {
    return Arrays.stream(values()).filter(hash -> hash.id == id).findFirst();
  }

  static TpmHash of(int id) throws TpmRefusal {
    return find(id).orElseThrow(() -> TpmRefusal.unsupported("hash algorithm", id));
  }

  /** The digest of the parts, one after the other. */
  public byte[] digest(byte[]... parts) {
    MessageDigest digest = messageDigest();
    for (byte[] part : parts) {
      digest.update(part);
    }
    return digest.digest();
  }

  String hmacName() {
    return "Hmac" + jcaName.replace("-", "");
  }

  String jcaName() {
    return jcaName;
  }

  private MessageDigest messageDigest() {
    try {
      return MessageDigest.getInstance(jcaName);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java platform has " + jcaName, impossible);
    }
  }
}
