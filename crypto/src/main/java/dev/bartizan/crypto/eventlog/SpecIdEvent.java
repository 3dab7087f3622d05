// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The header of a crypto agile log (TCG_EfiSpecIdEvent): which algorithms its digests are of, and
 * how long each is.
 */
final class SpecIdEvent {
  private static final byte[] SIGNATURE = "Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII);

  /** Platform class, version minor and major, errata, size of UINTN. */
  private static final int FIXED = 4 + 4;

  private static final int ALGORITHM = 4;

  private SpecIdEvent() {}

  /** Whether this is one; the headers of older logs ("Spec ID Event00", "02") are not. */
  static boolean isOne(Bytes data) {
    byte[] content = data.toArray();
    return content.length >= SIGNATURE.length
        && Arrays.equals(content, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
  }

  static List<LogHash> banks(Bytes data) throws LogRefusal {
    LogBytes in = new LogBytes(data.toArray());
    if (in.remaining() < SIGNATURE.length + FIXED + 4) {
      throw bad("ends early");
    }
    in.moveTo(SIGNATURE.length + FIXED);
    long count = in.u32();
    if (count == 0 || count > EventLog.MAX_BANKS) {
      throw bad("names " + count + " algorithms");
    }
    if (in.remaining() < count * ALGORITHM + 1) {
      throw bad("ends before its algorithms");
    }
    List<LogHash> banks = new ArrayList<>();
    for (long left = count; left > 0; left--) {
      banks.add(bank(in.u16(), in.u16(), banks));
    }
    int vendorInfo = in.u8();
    if (vendorInfo != in.remaining()) {
      throw bad("has vendor information of " + in.remaining() + " bytes and says " + vendorInfo);
    }
    return banks;
  }

  private static LogHash bank(int id, int size, List<LogHash> before) throws LogRefusal {
    LogHash bank = new LogHash(id, size);
    if (size == 0 || size > LogHash.MAX_SIZE || !bank.hasItsSize()) {
      throw bad("says " + bank + " has " + size + " bytes");
    }
    if (before.stream().anyMatch(it -> it.id() == id)) {
      throw bad("names " + bank + " twice");
    }
    return bank;
  }

  private static LogRefusal bad(String what) {
    return new LogRefusal(Code.BAD_HEADER, "the header " + what);
  }
}
