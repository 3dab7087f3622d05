// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.EnumSet;
import java.util.Set;

/** One bit of TPMA_OBJECT: what an object in the TPM may be used for. */
public enum KeyAttribute {
  FIXED_TPM(1),
  ST_CLEAR(2),
  FIXED_PARENT(4),
  SENSITIVE_DATA_ORIGIN(5),
  USER_WITH_AUTH(6),
  ADMIN_WITH_POLICY(7),
  NO_DA(10),
  ENCRYPTED_DUPLICATION(11),
  RESTRICTED(16),
  DECRYPT(17),
  SIGN(18),
  X509_SIGN(19);

  private final int mask;

  KeyAttribute(int bit) {
    this.mask = 1 << bit;
  }

  static int encode(Set<KeyAttribute> attributes) {
    return attributes.stream().mapToInt(attribute -> attribute.mask).reduce(0, (a, b) -> a | b);
  }

  /** Refuses reserved bits: what they would allow is unknown. */
  static Set<KeyAttribute> decode(int bits) throws TpmRefusal {
    EnumSet<KeyAttribute> attributes = EnumSet.noneOf(KeyAttribute.class);
    for (KeyAttribute attribute : values()) {
      if ((bits & attribute.mask) != 0) {
        attributes.add(attribute);
      }
    }
    if (encode(attributes) != bits) {
      throw TpmRefusal.malformed("reserved object attributes 0x" + Integer.toHexString(bits));
    }
    return attributes;
  }
}
