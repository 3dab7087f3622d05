// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Arrays;

/** The cipher with which a storage key protects what is below it (TPMT_SYM_DEF_OBJECT). */
public enum WrapCipher {
  /** Of keys that are no parents. */
  NONE(0),
  AES_128_CFB(128),
  AES_256_CFB(256);

  private static final int ALG_NULL = 0x0010;
  private static final int ALG_AES = 0x0006;
  private static final int ALG_CFB = 0x0043;

  private final int keyBits;

  WrapCipher(int keyBits) {
    this.keyBits = keyBits;
  }

  int keyBits() {
    return keyBits;
  }

  void write(TpmWriter out) {
    if (this == NONE) {
      out.u16(ALG_NULL);
    } else {
      out.u16(ALG_AES).u16(keyBits).u16(ALG_CFB);
    }
  }

  static WrapCipher read(TpmReader in) throws TpmRefusal {
    int algorithm = in.u16();
    if (algorithm == ALG_NULL) {
      return NONE;
    }
    int bits = algorithm == ALG_AES ? in.u16() : 0;
    if (bits == 0 || in.u16() != ALG_CFB) {
      throw TpmRefusal.unsupported("symmetric algorithm", algorithm);
    }
    return Arrays.stream(values())
        .filter(cipher -> cipher.keyBits == bits)
        .findFirst()
        .orElseThrow(() -> TpmRefusal.unsupported("AES with " + bits + " bits"));
  }
}
