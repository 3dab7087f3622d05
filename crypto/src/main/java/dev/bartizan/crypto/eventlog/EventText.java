// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * An event's data in a few words, for people. Not a basis of anything: what of it is covered by the
 * digest is for {@link Coverage} to say.
 */
final class EventText {
  private static final int MAX_LENGTH = 120;
  private static final int SHORT_VALUE = 16;

  /**
   * Address, length, link-time address, and the length of the device path (UEFI_IMAGE_LOAD_EVENT).
   */
  private static final int IMAGE_HEADER = 32;

  private static final int NODE_HEADER = 4;
  private static final int MEDIA_PATH = 4;
  private static final int FILE_PATH = 4;

  private EventText() {}

  static String of(MeasuredEvent event) {
    byte[] data = event.data().toArray();
    Optional<EfiVariable> variable = EfiVariable.find(data);
    if (event.kind().type().filter(EventType::isVariable).isPresent() && variable.isPresent()) {
      return of(variable.get());
    }
    if (event.kind().text().startsWith("EV_EFI_BOOT_SERVICES")
        || event.kind().text().startsWith("EV_EFI_RUNTIME_SERVICES")) {
      return file(data);
    }
    return event.kind().is(EventType.SEPARATOR) ? event.data().hex() : plain(text(data));
  }

  private static String of(EfiVariable variable) {
    String value =
        variable.value().length() <= SHORT_VALUE
            ? variable.value().hex()
            : variable.value().length() + " bytes";
    return plain(variable.name()) + " = " + value;
  }

  /** The file names in the device path of an image. */
  private static String file(byte[] data) {
    StringBuilder path = new StringBuilder();
    if (data.length > IMAGE_HEADER) {
      LogBytes in = new LogBytes(data);
      in.moveTo(IMAGE_HEADER);
      while (in.remaining() >= NODE_HEADER) {
        int type = in.u8();
        int subtype = in.u8();
        int length = in.u16() - NODE_HEADER;
        if (length < 0 || length > in.remaining()) {
          break;
        }
        byte[] node = in.bytes(length);
        if (type == MEDIA_PATH && subtype == FILE_PATH) {
          path.append(utf16(node));
        }
      }
    }
    return plain(path.toString());
  }

  private static String text(byte[] data) {
    boolean isWide = data.length >= 4 && data.length % 2 == 0 && data[1] == 0 && data[3] == 0;
    return isWide ? utf16(data) : new String(data, StandardCharsets.US_ASCII);
  }

  private static String utf16(byte[] data) {
    return new String(data, StandardCharsets.UTF_16LE);
  }

  /** Text that is none says nothing. */
  static String plain(String text) {
    String visible = text.replace("\0", "").strip();
    if (visible.chars().anyMatch(it -> it < ' ' || it > '~')) {
      return "";
    }
    return visible.length() <= MAX_LENGTH ? visible : visible.substring(0, MAX_LENGTH) + "...";
  }
}
