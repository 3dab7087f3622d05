// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import static dev.bartizan.crypto.eventlog.EventLogBuilder.ascii;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CanonicalLogTest {
  private static final Bytes HELLO = Digest.of(ascii("hello")).value();
  private static final Bytes ONCE =
      Digest.of(ByteBuffer.allocate(64).position(32).put(HELLO.asBuffer()).flip()).value();

  @Test
  void systemdsOwnLogReplaysAndItsStringsAreCovered() throws Exception {
    EventLog log = EventLog.read(sequence(phase(11, "hello"), nvPcr()));
    assertEquals(EventLog.Format.JSON_SEQUENCE, log.format());
    assertEquals(Optional.of(ONCE), log.replay().find(LogHash.SHA256, 11));
    assertEquals("systemd:phase", log.events().get(0).kind().text());
    assertEquals(Coverage.WHOLE, log.events().get(0).coverage());
    assertEquals(MeasuredEvent.NO_PCR, log.events().get(1).pcr());
    assertEquals(Ending.Kind.COMPLETE, log.ending().kind());
  }

  @Test
  void aRecordThatIsStillBeingWrittenIsLeftOutAndSaidSo() throws Exception {
    byte[] whole = sequence(phase(11, "hello"), phase(11, "ready")).toArray();
    for (int less = 1; less < phase(11, "ready").length(); less++) {
      EventLog cut = EventLog.read(Bytes.of(java.util.Arrays.copyOf(whole, whole.length - less)));
      assertEquals(1, cut.events().size());
      assertTrue(cut.ending().isTruncated());
    }
  }

  @Test
  void anArrayOfNumberedRecordsIsReadAndOneOutOfOrderRefused() throws Exception {
    String record = phase(11, "hello").replaceFirst("\\{", "{\"recnum\":0,");
    EventLog log = EventLog.read(Bytes.of(ascii("[" + record + "]")));
    assertEquals(Optional.of(ONCE), log.replay().find(LogHash.SHA256, 11));
    assertRefused("[" + record + "," + record + "]");
  }

  @Test
  void recordsThatCannotBeAreRefused() {
    for (String record :
        List.of(
            "{}",
            "nothing",
            phase(11, "x").replace("11", "24"),
            phase(11, "x").replace("sha256", "md5"),
            phase(11, "x").replaceFirst("\"digest\":\"..", "\"digest\":\""),
            "{\"pcr\":11,\"digests\":[]}",
            "{\"pcr\":11,\"pcr\":12,\"digests\":[]}")) {
      assertRefused("[" + record + "]");
      assertThrows(LogRefusal.class, () -> EventLog.read(sequence(record)), record);
    }
  }

  @Test
  void typeLengthValueIsReadWithFirmwareAndOtherContent() throws Exception {
    byte[] other = tlv(80, tlv(0, ascii("image")));
    byte[] separator = tlv(5, concat(tlv(0, new byte[] {0, 0, 0, 4}), tlv(1, new byte[4])));
    byte[] log = concat(record(0, 13, digest(other), other), record(1, 4, new byte[4], separator));
    EventLog read = EventLog.read(Bytes.of(log));
    assertEquals(EventLog.Format.CEL_TLV, read.format());
    assertEquals(2, read.events().size());
    assertEquals(Coverage.WHOLE, read.events().get(0).coverage());
    assertEquals("EV_SEPARATOR", read.events().get(1).kind().text());
    assertTrue(read.replay().find(LogHash.SHA256, 13).isPresent());
  }

  @Test
  void typeLengthValueOutOfOrderOrCutIsNotTakenForWhole() throws Exception {
    byte[] content = tlv(80, new byte[0]);
    byte[] log =
        concat(record(0, 13, digest(content), content), record(2, 13, digest(content), content));
    assertThrows(LogRefusal.class, () -> EventLog.read(Bytes.of(log)));
    byte[] first = record(0, 13, digest(content), content);
    for (int length = 14; length < first.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(first, length);
      assertTrue(EventLog.read(Bytes.of(cut)).ending().isTruncated());
    }
  }

  private static void assertRefused(String json) {
    assertThrows(LogRefusal.class, () -> EventLog.read(Bytes.of(ascii(json))), json);
  }

  private static String phase(int pcr, String word) {
    return ("{\"pcr\":%d,\"digests\":[{\"hashAlg\":\"sha256\",\"digest\":\"%s\"}],"
            + "\"content_type\":\"systemd\",\"content\":{\"string\":\"%s\",\"bootId\":\"00\","
            + "\"timestamp\":1,\"eventType\":\"phase\"}}")
        .formatted(pcr, Digest.of(ascii(word)), word);
  }

  private static String nvPcr() {
    return phase(0, "anchor").replace("\"pcr\":0", "\"nv_index\":30474761");
  }

  private static Bytes sequence(String... records) {
    StringBuilder log = new StringBuilder();
    for (String record : records) {
      log.append('\u001e').append(record).append('\n');
    }
    return Bytes.of(log.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static byte[] digest(byte[] content) {
    return Digest.of(content).value().toArray();
  }

  private static byte[] record(int number, int pcr, byte[] digest, byte[] content) {
    byte[] sha256 = digest.length == 32 ? digest : digest(digest);
    return concat(
        tlv(0, ByteBuffer.allocate(8).putLong(number).array()),
        tlv(1, new byte[] {(byte) pcr}),
        tlv(3, tlv(0xb, sha256)),
        content);
  }

  private static byte[] tlv(int type, byte[] value) {
    return ByteBuffer.allocate(5 + value.length)
        .put((byte) type)
        .putInt(value.length)
        .put(value)
        .array();
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      whole.writeBytes(part);
    }
    return whole.toByteArray();
  }
}
