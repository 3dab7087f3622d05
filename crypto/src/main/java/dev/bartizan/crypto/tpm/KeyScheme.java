// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import org.jspecify.annotations.Nullable;

/** The one signing or key agreement scheme a key is bound to (TPMT_ASYM_SCHEME). */
public enum KeyScheme {
  /** Not bound: a storage key, or sealed bytes. */
  NONE(0x0010, null),
  RSASSA_SHA256(0x0014, TpmHash.SHA256),
  ECDSA_SHA256(0x0018, TpmHash.SHA256),
  ECDSA_SHA384(0x0018, TpmHash.SHA384),
  ECDH_SHA256(0x0019, TpmHash.SHA256);

  static final int ALG_NULL = 0x0010;

  private final int algorithm;
  private final @Nullable TpmHash hash;

  KeyScheme(int algorithm, @Nullable TpmHash hash) {
    this.algorithm = algorithm;
    this.hash = hash;
  }

  void write(TpmWriter out) {
    out.u16(algorithm);
    if (hash != null) {
      out.u16(hash.id());
    }
  }

  static KeyScheme read(TpmReader in) throws TpmRefusal {
    int algorithm = in.u16();
    if (algorithm == ALG_NULL) {
      return NONE;
    }
    int hash = in.u16();
    for (KeyScheme scheme : values()) {
      if (scheme.hash != null && scheme.algorithm == algorithm && scheme.hash.id() == hash) {
        return scheme;
      }
    }
    throw TpmRefusal.unsupported("hash 0x" + Integer.toHexString(hash) + " in scheme", algorithm);
  }
}
