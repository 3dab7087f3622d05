// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.report.Events;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.release.SilenceRule;
import dev.bartizan.protocol.release.SilenceRule.Reaction;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FormatRefusal;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A verifier that says nothing, under each policy, on a device that restarts and loses time. */
class SilenceTest {
  private static final SilenceRule STOP =
      new SilenceRule(Reaction.STOP_SERVING, 3, Duration.ofMinutes(10));

  private final FakeDisk disk = new FakeDisk();
  private SilenceRule rule = STOP;
  private Instant machine = Instant.parse("2026-11-25T12:00:00Z");
  private long nanos = 5;
  private Events events;
  private Silence silence;

  @BeforeEach
  void start() throws Exception {
    start(true);
  }

  private void start(boolean reports) throws Exception {
    events = new Events(disk, () -> machine);
    silence = Silence.open(() -> rule, disk, () -> nanos, reports, events.publisher());
  }

  private void pass(Duration time) {
    nanos += time.toNanos();
  }

  private void fail(int times) throws Exception {
    for (int i = 0; i < times; i++) {
      silence.unanswered("IO: the server cannot be reached");
    }
  }

  private boolean stops() {
    return silence.stopsServing().isPresent();
  }

  private Map<String, String> alarms() {
    return events.alarms().all();
  }

  private JsonNode status() {
    ObjectNode status = StrictJson.object();
    silence.describe(status);
    return status.get("silence");
  }

  @Test
  void aDeviceThatWasNeverSilentServesUnderTheStrictestPolicy() {
    assertFalse(stops());
    assertEquals(Map.of(), alarms());
    assertFalse(status().get("reached").asBoolean());
  }

  @Test
  void itStopsWhenSoManyWereUnansweredForSoLongAndNotBeforeBoth() throws Exception {
    fail(3);
    assertFalse(stops(), "many, but not for long");
    pass(Duration.ofMinutes(10).minusNanos(1));
    assertFalse(stops());
    pass(Duration.ofNanos(1));
    assertTrue(stops());
    assertTrue(
        alarms().getOrDefault("attestation", "").contains("no model serves"), alarms().toString());
    assertEquals(3, status().get("unanswered").asInt());
    assertEquals("stop-serving", status().get("then").asText());
    assertTrue(status().get("reached").asBoolean());
  }

  @Test
  void aLongSilenceOfFewReportsStopsNothing() throws Exception {
    fail(2);
    pass(Duration.ofDays(2));
    assertFalse(stops());
    fail(1);
    assertTrue(stops());
  }

  @Test
  void oneAnswerEndsIt() throws Exception {
    fail(5);
    pass(Duration.ofHours(1));
    assertTrue(stops());
    silence.answered();
    assertFalse(stops());
    assertEquals(Map.of(), alarms());
    fail(2);
    assertFalse(stops(), "it begins anew");
  }

  @Test
  void withoutAWordInPolicyThreeReportsAreAnAlarmAndEverythingServes() throws Exception {
    rule = SilenceRule.DEFAULT;
    fail(2);
    assertFalse(stops());
    assertEquals(Map.of(), alarms());
    fail(1);
    assertFalse(stops());
    assertTrue(alarms().getOrDefault("attestation", "").contains("3 reports"), alarms().toString());
  }

  @Test
  void whoGoesOnIsNotToldByAnAlarmButByItsStatus() throws Exception {
    rule = new SilenceRule(Reaction.GO_ON, 1, Duration.ZERO);
    fail(7);
    assertFalse(stops());
    assertEquals(Map.of(), alarms());
    assertEquals(7, status().get("unanswered").asInt());
  }

  // Attack: the network is cut, and the device is restarted before it would stop.
  @Test
  void aRestartForgetsNothing() throws Exception {
    fail(2);
    start();
    assertFalse(stops());
    pass(Duration.ofMinutes(10));
    fail(1);
    assertTrue(stops());
    start();
    assertTrue(stops(), "nothing serves before the first answer");
    silence.answered();
    start();
    assertFalse(stops());
  }

  // Attack: the clock is set back, so that the silence has only begun.
  @Test
  void aClockThatIsSetBackMakesItNoShorterAndOneSetForwardNoLonger() throws Exception {
    fail(3);
    machine = machine.plus(Duration.ofDays(4000));
    assertFalse(stops());
    machine = Instant.EPOCH;
    pass(Duration.ofMinutes(5));
    fail(1);
    start();
    pass(Duration.ofMinutes(5));
    assertTrue(stops(), "five minutes before the restart, and five after it");
  }

  @Test
  void whatAPowerCutLeavesIsTheCountBeforeOrAfter() throws Exception {
    fail(2);
    int before = disk.changes();
    FakeDisk whole = disk.copy();
    fail(1);
    int changes = disk.changes() - before;
    for (int cut = 1; cut <= changes; cut++) {
      disk.become(whole);
      disk.cutBefore(cut);
      assertThrows(PowerCut.class, () -> fail(1), "cut before change " + cut);
      disk.reboot(Survival.SYNCED_ONLY, cut);
      start();
      assertTrue(silence.unanswered() >= 2 && silence.unanswered() <= 3, "cut " + cut);
    }
  }

  @Test
  void aFullDiskDoesNotKeepItFromCounting() throws Exception {
    fail(2);
    pass(Duration.ofMinutes(10));
    disk.fullFrom(1);
    assertThrows(Exception.class, () -> fail(1));
    assertTrue(stops());
  }

  @Test
  void aDamagedRecordStopsUntilThereIsAnAnswerAndOnlyWarnsWherePolicyDoes() throws Exception {
    DurableFile.replace(disk, SilenceRecord.FILE, new byte[] {'{', 7});
    start();
    assertTrue(stops());
    rule = SilenceRule.DEFAULT;
    assertFalse(stops());
    assertTrue(alarms().getOrDefault("attestation", "").contains("not known"), alarms().toString());
    rule = STOP;
    silence.answered();
    assertFalse(stops());
    start();
    assertFalse(stops());
  }

  @Test
  void aRecordOfALaterFormatIsRefusedAndLeftAsItIs() throws Exception {
    fail(1);
    byte[] record = disk.read(SilenceRecord.FILE, 512).orElseThrow();
    String json = new String(record, StandardCharsets.UTF_8);
    String later = json.substring(0, json.indexOf('\n')).replace("silence/1", "silence/3");
    DurableFile.replace(
        disk,
        SilenceRecord.FILE,
        Checksum.LAST_LINE.append(later.getBytes(StandardCharsets.UTF_8)));
    assertThrows(FormatRefusal.class, this::start);
  }

  // Whoever may edit the configuration does not get around the author's word by leaving the server
  // out of it.
  @Test
  void aDeviceThatReportsToNobodyServesNothingWherePolicyWantsAnswers() throws Exception {
    start(false);
    assertTrue(stops());
    rule = SilenceRule.DEFAULT;
    assertFalse(stops());
    assertEquals(Map.of(), alarms(), "without a verifier there is none to be silent");
  }
}
