// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.TpmName;
import java.security.interfaces.ECPublicKey;
import java.util.Base64;

/**
 * The name a device has for life (Universal Entity ID, RFC 9711, 4.2.1): type RAND, made from the
 * name of its endorsement key, so that anybody who has seen the key's certificate can compute it;
 * for a keystore without one, from its identity key.
 *
 * @param value 33 bytes: 01, then 32 bytes
 */
public record Ueid(Bytes value) {
  private static final int LENGTH = 1 + Digest.LENGTH;
  private static final byte TYPE_RAND = 0x01;

  public Ueid {
    if (value.length() != LENGTH || value.asBuffer().get(0) != TYPE_RAND) {
      throw new IllegalArgumentException("a device id is 01 and 32 bytes");
    }
  }

  /** The id of the device whose endorsement key has this name. */
  public static Ueid of(TpmName endorsementName) {
    return of(Digest.of(endorsementName.value().toArray()));
  }

  /** The id of a device without an endorsement key: by its identity key (SubjectPublicKeyInfo). */
  public static Ueid of(ECPublicKey identity) {
    return of(Digest.of(identity.getEncoded()));
  }

  /** The id with this digest of a device-unique public value behind its type byte. */
  public static Ueid of(Digest unique) {
    byte[] value = new byte[LENGTH];
    value[0] = TYPE_RAND;
    unique.value().asBuffer().get(value, 1, Digest.LENGTH);
    return new Ueid(Bytes.of(value));
  }

  /**
   * Parses {@link #text}; nothing but its one canonical form.
   *
   * @throws IllegalArgumentException when it is anything else
   */
  public static Ueid parse(String text) {
    Ueid parsed = new Ueid(Bytes.of(Base64.getUrlDecoder().decode(text)));
    if (!parsed.text().equals(text)) {
      throw new IllegalArgumentException("a device id in another than its canonical form");
    }
    return parsed;
  }

  /** Base64url without padding, 44 characters: for file names, topics and URIs. */
  public String text() {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value.toArray());
  }

  @Override
  public String toString() {
    return text();
  }
}
