// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * The TPM's note to itself that it has checked something (TPMT_TK): good until it is reset.
 *
 * @param tag what was checked
 * @param hierarchy whose secret authenticates the note
 */
public record Ticket(int tag, int hierarchy, Bytes authentication) {
  void write(TpmWriter out) {
    out.u16(tag).u32(hierarchy).sized(authentication.toArray());
  }

  static Ticket read(TpmReader in) throws TpmRefusal {
    return new Ticket(in.u16(), in.u32(), Bytes.of(in.sized(TpmHash.SHA512.size())));
  }
}
