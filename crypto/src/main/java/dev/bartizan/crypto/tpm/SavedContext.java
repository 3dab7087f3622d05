// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * A loaded object, put outside its TPM to make room (TPMS_CONTEXT): good until the TPM is reset.
 *
 * @param content encrypted and authenticated by the TPM for itself
 */
public record SavedContext(
    long sequence, int handle, int hierarchy, Bytes content, TpmPublic publicArea) {
  /** A context of any object we load is shorter. */
  private static final int LIMIT = 3072;

  static SavedContext read(TpmReader in, TpmPublic publicArea) throws TpmRefusal {
    long sequence = in.u64();
    int handle = in.u32();
    int hierarchy = in.u32();
    return new SavedContext(sequence, handle, hierarchy, Bytes.of(in.sized(LIMIT)), publicArea);
  }

  void write(TpmWriter out) {
    out.u64(sequence).u32(handle).u32(hierarchy).sized(content.toArray());
  }
}
