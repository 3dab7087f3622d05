// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** What of an event's data its digests vouch for. The rest is a stranger's word. */
public enum Coverage {
  /** All of it. */
  WHOLE("whole"),
  /** The value of a variable, or the text behind its label; not the name or label. */
  VALUE("value"),
  /** Nothing: the digest is of something that is not in the log, as code is not. */
  NONE("none"),
  /** The digest should be of the data by the specification, and is not. */
  CONTRADICTED("contradicted"),
  /** Nothing was measured. */
  NOT_MEASURED("not measured");

  /** GRUB measures what follows these. */
  private static final List<String> LABELS =
      List.of(
          "grub_cmd: ",
          "grub_cmd ",
          "kernel_cmdline: ",
          "grub_kernel_cmdline ",
          "module_cmdline: ",
          "grub_module_cmdline ");

  private final String text;

  Coverage(String text) {
    this.text = text;
  }

  /** Lower case, as documents write it. */
  public String text() {
    return text;
  }

  /** Whether all of the data may be believed once the digests are. */
  public boolean isWhole() {
    return this == WHOLE;
  }

  static Coverage of(MeasuredEvent event) {
    if (!event.extendsPcr() || event.digests().isEmpty()) {
      return NOT_MEASURED;
    }
    byte[] data = event.data().toArray();
    if (covers(event, data)) {
      return WHOLE;
    }
    for (byte[] value : values(event, data)) {
      if (covers(event, value)) {
        return VALUE;
      }
    }
    boolean shouldBe = event.kind().type().filter(EventType::isMeasuredByItsData).isPresent();
    return shouldBe ? CONTRADICTED : NONE;
  }

  /** In every bank that we can compute, and in one at least. */
  private static boolean covers(MeasuredEvent event, byte[] measured) {
    int compared = 0;
    for (Map.Entry<LogHash, Bytes> digest : event.digests().entrySet()) {
      if (digest.getKey().isComputable()) {
        MessageDigest computed = digest.getKey().messageDigest();
        if (!Bytes.of(computed.digest(measured)).equals(digest.getValue())) {
          return false;
        }
        compared++;
      }
    }
    return compared > 0;
  }

  private static List<byte[]> values(MeasuredEvent event, byte[] data) {
    List<byte[]> values = new ArrayList<>();
    if (event.kind().type().filter(EventType::isVariable).isPresent()) {
      EfiVariable.find(data).ifPresent(variable -> values.add(variable.value().toArray()));
    }
    if (event.kind().is(EventType.IPL)) {
      byte[] text = withoutFinalZero(data);
      values.add(text);
      for (String label : LABELS) {
        if (startsWith(text, label)) {
          byte[] behind = Arrays.copyOfRange(text, label.length(), text.length);
          values.add(behind);
          values.add(Arrays.copyOf(behind, behind.length + 1));
        }
      }
    }
    return values;
  }

  private static byte[] withoutFinalZero(byte[] data) {
    boolean ends = data.length > 0 && data[data.length - 1] == 0;
    return ends ? Arrays.copyOf(data, data.length - 1) : data;
  }

  private static boolean startsWith(byte[] text, String label) {
    byte[] start = label.getBytes(StandardCharsets.US_ASCII);
    return text.length >= start.length
        && Arrays.equals(text, 0, start.length, start, 0, start.length);
  }
}
