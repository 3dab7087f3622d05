// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * The Name of a TPM object: its hash algorithm and the hash of its public area (part 1, 16).
 *
 * @param value two bytes of algorithm, then the digest
 */
public record TpmName(Bytes value) {
  /** Algorithm and the longest digest. */
  static final int LIMIT = 2 + 64;

  public TpmName {
    if (value.length() < 4 || value.length() > LIMIT) {
      throw new IllegalArgumentException("no TPM name has " + value.length() + " bytes");
    }
  }

  byte[] toArray() {
    return value.toArray();
  }

  @Override
  public String toString() {
    return value.hex();
  }
}
