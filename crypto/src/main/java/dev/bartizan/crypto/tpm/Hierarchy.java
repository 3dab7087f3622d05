// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

/** A seed that primary keys grow from. */
public enum Hierarchy {
  /** The device's owner: storage root key, NV indices. */
  OWNER(0x4000_0001),
  /** The chip's identity: endorsement keys. */
  ENDORSEMENT(0x4000_000b),
  /** The firmware. Closed before the operating system runs, except in a software TPM. */
  PLATFORM(0x4000_000c);

  private final int handle;

  Hierarchy(int handle) {
    this.handle = handle;
  }

  TpmHandle handle() {
    return TpmHandle.permanent(handle);
  }
}
