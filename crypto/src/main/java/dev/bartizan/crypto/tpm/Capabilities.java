// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** TPM2_GetCapability: what there is in the TPM, and what it is. */
final class Capabilities {
  private static final int HANDLES = 0x1;
  private static final int BANKS = 0x5;
  private static final int PROPERTIES = 0x6;
  private static final int MANUFACTURER = 0x105;
  private static final int VENDOR_STRING_1 = 0x106;
  private static final int VENDOR_STRINGS = 4;
  private static final int FIRMWARE_1 = 0x10b;
  private static final int FIRMWARE_2 = 0x10c;
  private static final int MAX_ENTRIES = 254;

  private final Tpm tpm;

  Capabilities(Tpm tpm) {
    this.tpm = tpm;
  }

  TpmIdentity identity() throws IOException {
    int first = property(FIRMWARE_1);
    int second = property(FIRMWARE_2);
    String version =
        (first >>> 16) + "." + (first & 0xffff) + "." + (second >>> 16) + "." + (second & 0xffff);
    return new TpmIdentity(printable(property(MANUFACTURER)), version);
  }

  /** The same in the words of the TCG's certificates. */
  ChipModel model() throws IOException {
    StringBuilder model = new StringBuilder();
    for (int part = 0; part < VENDOR_STRINGS; part++) {
      model.append(printable(property(VENDOR_STRING_1 + part)));
    }
    return new ChipModel(
        String.format(Locale.ROOT, "id:%08X", property(MANUFACTURER)),
        model.length() == 0 ? "TPM" : model.toString(),
        String.format(Locale.ROOT, "id:%08X", property(FIRMWARE_1)));
  }

  /** The handles in use, from {@code first} on and of its kind. */
  List<Integer> handles(int first) throws IOException {
    TpmReply reply = tpm.run(call(HANDLES, first, MAX_ENTRIES));
    return reply.read(
        in -> {
          skipTo(HANDLES, in);
          List<Integer> handles = new ArrayList<>();
          for (int left = in.count(MAX_ENTRIES); left > 0; left--) {
            handles.add(in.u32());
          }
          return handles;
        });
  }

  /**
   * The banks of PCRs that the TPM keeps; those of algorithms that we do not speak are left out.
   */
  List<TpmHash> banks() throws IOException {
    TpmReply reply = tpm.run(call(BANKS, 0, MAX_ENTRIES));
    return reply.read(
        in -> {
          skipTo(BANKS, in);
          List<TpmHash> banks = new ArrayList<>();
          for (int left = in.count(MAX_ENTRIES); left > 0; left--) {
            int algorithm = in.u16();
            boolean isKept = false;
            for (byte some : in.bytes(in.u8())) {
              isKept |= some != 0;
            }
            if (isKept) {
              Arrays.stream(TpmHash.values())
                  .filter(hash -> hash.id() == algorithm)
                  .forEach(banks::add);
            }
          }
          return banks;
        });
  }

  private int property(int property) throws IOException {
    TpmReply reply = tpm.run(call(PROPERTIES, property, 1));
    return reply.read(
        in -> {
          skipTo(PROPERTIES, in);
          if (in.count(1) != 1 || in.u32() != property) {
            throw TpmRefusal.malformed("another property than the one asked for");
          }
          return in.u32();
        });
  }

  private static TpmCall call(int capability, int first, int count) {
    TpmWriter parameters = new TpmWriter().u32(capability).u32(first).u32(count);
    return new TpmCall(CommandCode.GET_CAPABILITY).with(parameters);
  }

  /** Over the "more data" flag, to the list of the capability. */
  private static void skipTo(int capability, TpmReader in) throws TpmRefusal {
    in.u8();
    if (in.u32() != capability) {
      throw TpmRefusal.malformed("another capability than the one asked for");
    }
  }

  /** Four characters, padded with blanks or zeros; nothing else reaches a log. */
  private static String printable(int fourCharacters) {
    StringBuilder text = new StringBuilder();
    for (int shift = 24; shift >= 0; shift -= 8) {
      int character = fourCharacters >>> shift & 0xff;
      if (character > ' ' && character < 0x7f) {
        text.append((char) character);
      }
    }
    return text.toString();
  }
}
