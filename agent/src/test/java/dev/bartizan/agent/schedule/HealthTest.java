// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.StrictJson;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each part has one health, whoever works for it, and the watchdog is fed by all of them. */
class HealthTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private int beats;
  private long now;
  private final DaemonHealth health = new DaemonHealth(this::now);
  private final List<String> missed = new ArrayList<>();
  private final Heartbeat heart = new Heartbeat(health, () -> beats++, missed::add);

  private long now() {
    return now;
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private String status(Part part) {
    ObjectNode status = StrictJson.object();
    health.describe(status);
    return status.path("health").path(part.text()).asText();
  }

  @ParameterizedTest
  @EnumSource
  void aPartThatHangsStopsTheBeatAndIsNamedAloneInTheLogAndInStatus(Part part) {
    for (Part each : Part.values()) {
      health.of(each).begin("its work", each == part ? MINUTE : MINUTE.multipliedBy(10));
    }
    pass(MINUTE.plusSeconds(1));
    heart.beatIfAlive();
    assertEquals(0, beats);
    assertEquals(List.of(part.text() + ": its work shows no progress for 61 s"), missed);
    for (Part each : Part.values()) {
      String expected =
          each == part ? "stuck: its work shows no progress for 61 s" : Health.UNKNOWN;
      assertEquals(expected, status(each));
    }
  }

  @Test
  void aPartThatNeverGaveASignIsUnknownAndGoodOnlyAfterOne() {
    assertEquals(Health.UNKNOWN, status(Part.MODELS));
    Health.Activity work = health.of(Part.MODELS).begin("loading", MINUTE);
    assertEquals(Health.UNKNOWN, status(Part.MODELS));
    work.progress();
    assertEquals(Health.GOOD, status(Part.MODELS));
    work.close();
    pass(Duration.ofDays(9));
    assertEquals(Health.GOOD, status(Part.MODELS), "waiting for more is no work");
    assertEquals(Health.UNKNOWN, status(Part.DEPLOY));
  }

  @Test
  void thatOneOfTwoAtWorkGoesOnDoesNotHideTheOther() {
    Health.Activity hangs = health.of(Part.UPLINK).begin("a message", MINUTE);
    Health.Activity lives = health.of(Part.UPLINK).begin("commands", MINUTE);
    pass(MINUTE.plusSeconds(1));
    lives.progress();
    heart.beatIfAlive();
    assertEquals(List.of("uplink: a message shows no progress for 61 s"), missed);
    hangs.close();
    heart.beatIfAlive();
    assertEquals(1, beats);
  }

  /** Three beats within the manager's patience would say the same three times. */
  @Test
  void whatHangsIsToldOnceAndAgainWhenItIsAnotherPart() {
    Health.Activity first = health.of(Part.TRUST).begin("metadata", MINUTE);
    health.of(Part.LOCAL).begin("a check", MINUTE.multipliedBy(2));
    pass(MINUTE.plusSeconds(1));
    heart.beatIfAlive();
    heart.beatIfAlive();
    assertEquals(1, missed.size());
    pass(MINUTE);
    heart.beatIfAlive();
    assertTrue(missed.get(1).contains("trust: metadata") && missed.get(1).contains("local: a"));
    first.progress();
    heart.beatIfAlive();
    assertEquals("local: a check shows no progress for 121 s", missed.get(2));
    assertEquals(3, missed.size());
    assertEquals(0, beats);
  }
}
