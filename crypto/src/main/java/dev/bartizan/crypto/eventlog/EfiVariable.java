// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A UEFI variable as it is measured (UEFI_VARIABLE_DATA): exactly that, no byte more.
 *
 * @param vendor the GUID of its name space, as 16 bytes
 * @param name in that name space
 */
record EfiVariable(Bytes vendor, String name, Bytes value) {
  /** EFI_GLOBAL_VARIABLE 8be4df61-93ca-11d2-aa0d-00e098032b8c. */
  static final Bytes GLOBAL = Bytes.ofHex("61dfe48bca93d211aa0d00e098032b8c");

  static final int HEADER = 32;

  private static final int GUID = 16;
  private static final int MAX_NAME = 512;

  /** The variable in {@code data}, unless that is something else. */
  static Optional<EfiVariable> find(byte[] data) {
    if (data.length < HEADER) {
      return Optional.empty();
    }
    LogBytes in = new LogBytes(data);
    Bytes vendor = Bytes.of(in.bytes(GUID));
    long nameLength = in.u64();
    long valueLength = in.u64();
    if (nameLength < 0
        || nameLength > MAX_NAME
        || valueLength < 0
        || valueLength > data.length
        || HEADER + 2 * nameLength + valueLength != data.length) {
      return Optional.empty();
    }
    String name = new String(in.bytes((int) (2 * nameLength)), StandardCharsets.UTF_16LE);
    return Optional.of(new EfiVariable(vendor, name, Bytes.of(in.bytes((int) valueLength))));
  }

  boolean isGlobal(String called) {
    return vendor.equals(GLOBAL) && name.equals(called);
  }
}
