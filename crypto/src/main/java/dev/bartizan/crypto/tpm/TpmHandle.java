// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * Something in the TPM that a command is about.
 *
 * @param value the TPM_HANDLE
 * @param name what authorisations call it: of objects and NV indices a hash, of the rest the handle
 */
record TpmHandle(int value, Bytes name) {
  static final TpmHandle NULL = permanent(0x4000_0007);

  /** A PCR, a session or a hierarchy: its name is its handle. */
  static TpmHandle permanent(int value) {
    return new TpmHandle(value, Bytes.of(new TpmWriter().u32(value).toArray()));
  }
}
