// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * A key outside its TPM: worthless anywhere else.
 *
 * @param privateArea content of the TPM2B_PRIVATE, encrypted and authenticated by the parent key
 * @param publicArea its TPMT_PUBLIC; the private area vouches for it
 */
public record KeyBlob(Bytes privateArea, TpmPublic publicArea) {
  /** The longest private area we accept; that of a P-256 key has about 130 bytes. */
  public static final int LIMIT = 1024;

  public KeyBlob {
    if (privateArea.length() > LIMIT) {
      throw new IllegalArgumentException("a private area of " + privateArea.length() + " bytes");
    }
  }
}
