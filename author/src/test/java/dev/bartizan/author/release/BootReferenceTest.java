// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.eventlog.EventLog;
import dev.bartizan.crypto.eventlog.EventLogDocument;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.json.Malformed;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Reference values from what PCRs held. */
class BootReferenceTest {
  @Test
  void whatAnEventLogReplaysToIsTakenTheSame() throws Exception {
    String value = "ab".repeat(32);
    String bare = "{\"sha256\":{\"7\":\"" + value + "\",\"23\":\"" + value + "\"}}";
    ReferenceValues expected = read(bare);
    assertEquals(1, expected.boots().get(0).values().size());
    assertEquals(expected, read("{\"pcrs\":" + bare + ",\"events\":[]}"));
  }

  @Test
  void aBankNobodyKnowsIsRefused() {
    assertThrows(Malformed.class, () -> read("{\"md5\":{\"7\":\"00\"}}"));
    assertThrows(Malformed.class, () -> read("{\"sha256\":{\"7\":12}}"));
  }

  @Test
  void aLogThatReplaysToTheValuesAddsItsEvents() throws Exception {
    Bytes log = FirmwareBoot.log("kernel", LogHash.SHA256);
    String json = EventLogDocument.of(EventLog.read(log)).toString();
    ReferenceValues learned = read(json, BootLogs.of(log));
    AcceptedBoot boot = learned.boots().get(0);
    assertEquals(Optional.of(true), boot.secureBoot());
    assertEquals(8, boot.events().getOrDefault("sha256:7", List.of()).size());
    BootLogs another = BootLogs.of(FirmwareBoot.log("another", LogHash.SHA256));
    assertUntrusted(() -> read(json, another), "event log");
  }

  private static ReferenceValues read(String json) throws Refusal {
    return read(json, BootLogs.none());
  }

  private static ReferenceValues read(String json, BootLogs logs) throws Refusal {
    byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
    return BootReference.read("camera", bytes, logs, "pcrs.json");
  }

  private static void assertUntrusted(
      org.junit.jupiter.api.function.Executable learning, String reason) {
    ReleaseRefusal refusal = assertThrows(ReleaseRefusal.class, learning);
    assertEquals("UNTRUSTED_REPORT", refusal.code());
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }
}
