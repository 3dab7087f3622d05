// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Writes event logs byte by byte, as firmware does and as firmware should not. */
public final class EventLogBuilder {
  public static final int NO_ACTION = 0x0000_0003;
  public static final int SEPARATOR = 0x0000_0004;
  public static final int EFI_ACTION = 0x8000_0007;

  private static final int HEADER_BYTES = 16 + 4 + 4 + 4;

  private final List<LogHash> banks;
  private final boolean agile;
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  private EventLogBuilder(List<LogHash> banks, boolean agile) {
    this.banks = banks;
    this.agile = agile;
  }

  /** A crypto agile log with its header. */
  public static EventLogBuilder agile(LogHash... banks) {
    EventLogBuilder builder = new EventLogBuilder(List.of(banks), true);
    return builder.header(specId(banks.length, List.of(banks), new byte[0]));
  }

  /** A log of the old form; whoever wants a header adds it. */
  public static EventLogBuilder sha1() {
    return new EventLogBuilder(List.of(LogHash.SHA1), false);
  }

  /** The data of a "Spec ID Event03" header that says it has {@code count} algorithms. */
  static byte[] specId(int count, List<LogHash> banks, byte[] vendorInfo) {
    byte[] bytes = new byte[HEADER_BYTES + 4 * banks.size() + 1 + vendorInfo.length];
    ByteBuffer header = little(bytes);
    header.put("Spec ID Event03\0".getBytes(StandardCharsets.US_ASCII));
    header.putInt(0).put((byte) 0).put((byte) 2).put((byte) 0).put((byte) 2).putInt(count);
    banks.forEach(bank -> header.putShort((short) bank.id()).putShort((short) bank.size()));
    header.put((byte) vendorInfo.length).put(vendorInfo);
    return bytes;
  }

  /** The first event: of the old form whatever follows, and not measured. */
  EventLogBuilder header(byte[] data) {
    return u32(0).u32(NO_ACTION).raw(new byte[LogHash.SHA1.size()]).u32(data.length).raw(data);
  }

  /** An event whose digests are of its own data. */
  public EventLogBuilder measured(int pcr, int type, byte[] data) {
    return event(pcr, type, data, data);
  }

  /** An event whose digests are of something else than its data. */
  public EventLogBuilder event(int pcr, int type, byte[] measured, byte[] data) {
    u32(pcr).u32(type);
    if (agile) {
      u32(banks.size());
    }
    for (LogHash bank : banks) {
      byte[] digest =
          type == NO_ACTION || !bank.isComputable()
              ? new byte[bank.size()]
              : bank.messageDigest().digest(measured);
      if (agile) {
        raw(new byte[] {(byte) bank.id(), (byte) (bank.id() >>> 8)});
      }
      raw(digest);
    }
    return u32(data.length).raw(data);
  }

  public EventLogBuilder separator(int pcr) {
    return measured(pcr, SEPARATOR, new byte[4]);
  }

  public EventLogBuilder startupLocality(int locality) {
    byte[] data = ascii("StartupLocality\0?");
    data[16] = (byte) locality;
    return event(0, NO_ACTION, data, data);
  }

  /** A UEFI variable of the global name space, measured with its name. */
  public EventLogBuilder variable(int pcr, int type, String name, byte[] value) {
    return measured(pcr, type, variable(name, value));
  }

  static byte[] variable(String name, byte[] value) {
    byte[] wide = name.getBytes(StandardCharsets.UTF_16LE);
    byte[] bytes = new byte[EfiVariable.HEADER + wide.length + value.length];
    ByteBuffer data = little(bytes);
    data.put(EfiVariable.GLOBAL.asBuffer()).putLong(name.length()).putLong(value.length);
    data.put(wide).put(value);
    return bytes;
  }

  /** An image that was loaded from {@code path}: its digest is of the code. */
  public EventLogBuilder image(int pcr, int type, byte[] code, String path) {
    byte[] wide = (path + "\0").getBytes(StandardCharsets.UTF_16LE);
    byte[] bytes = new byte[32 + 4 + wide.length + 4];
    ByteBuffer data = little(bytes);
    data.putLong(0x7e00_0000L).putLong(code.length).putLong(0).putLong(4 + wide.length + 4);
    data.put((byte) 4).put((byte) 4).putShort((short) (4 + wide.length)).put(wide);
    data.put((byte) 0x7f).put((byte) 0xff).putShort((short) 4);
    return event(pcr, type, code, bytes);
  }

  public EventLogBuilder u32(int value) {
    byte[] bytes = new byte[4];
    little(bytes).putInt(value);
    return raw(bytes);
  }

  public EventLogBuilder raw(byte[] bytes) {
    out.writeBytes(bytes);
    return this;
  }

  public Bytes build() {
    return Bytes.of(out.toByteArray());
  }

  static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  private static ByteBuffer little(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
