// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.protocol.release.Window;
import dev.bartizan.updater.install.ComponentName;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Release;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class UpdateGateTest {
  private Instant now = Instant.parse("2026-11-27T12:00:00Z");
  private UpdateTimes times = UpdateTimes.ANY;
  private final Consents consents = new Consents(() -> now);
  private final UpdateGate gate =
      new UpdateGate(Ueid.of(Digest.of(new byte[2])), () -> times, consents, () -> now);

  @Test
  void whatIsFetchedEarlyIsActivatedInItsWindow() {
    times = times(List.of(), List.of(Window.parse("22:00-04:00")), false, Duration.ZERO);
    assertEquals(Optional.empty(), gate.fetchingWaitsFor(install("d1")));
    assertTrue(gate.activationWaitsFor(install("d1")).isPresent());
    now = Instant.parse("2026-11-27T23:00:00Z");
    assertEquals(Optional.empty(), gate.activationWaitsFor(install("d1")));
  }

  @Test
  void nothingIsFetchedOutsideAConnectivityWindow() {
    times = times(List.of(Window.parse("22:00-04:00")), List.of(), false, Duration.ZERO);
    assertTrue(gate.fetchingWaitsFor(install("d1")).isPresent());
  }

  @Test
  void theApplicationIsAskedAndItsConsentIsForOneDeploymentOnly() {
    times = times(List.of(), List.of(), true, Duration.ZERO);
    assertFalse(consents.grant("d1"));
    assertTrue(gate.activationWaitsFor(install("d1")).isPresent());
    assertEquals("d1", consents.open().orElseThrow().deployment());
    assertTrue(consents.grant("d1"));
    assertEquals(Optional.empty(), gate.activationWaitsFor(install("d1")));
    assertTrue(gate.activationWaitsFor(install("d2")).isPresent());
  }

  @Test
  void laterMeansLaterAndThenTheApplicationIsAskedAgain() {
    times = times(List.of(), List.of(), true, Duration.ZERO);
    assertTrue(gate.activationWaitsFor(install("d1")).isPresent());
    assertTrue(consents.delay("d1", Duration.ofHours(1)));
    assertTrue(consents.grant("d1"));
    assertTrue(gate.activationWaitsFor(install("d1")).isPresent());
    now = now.plus(Duration.ofHours(1));
    assertEquals(Optional.empty(), gate.activationWaitsFor(install("d1")));
  }

  @Test
  void goingBackIsNeverKeptWaiting() {
    times = times(List.of(), List.of(Window.parse("22:00-04:00")), true, Duration.ZERO);
    Deployment back = deployment("d1", Deployment.Kind.ROLL_BACK);
    assertEquals(Optional.empty(), gate.activationWaitsFor(back));
  }

  @Test
  void aDevicesTurnComesWithinTheJitterAlsoWhenTheClockIsPutBack() {
    times = times(List.of(), List.of(), false, Duration.ofHours(1));
    assertTrue(gate.fetchingWaitsFor(install("d1")).isPresent());
    Instant start = now;
    now = start.plus(Duration.ofHours(1));
    assertEquals(Optional.empty(), gate.fetchingWaitsFor(install("d1")));
    now = start.minus(Duration.ofDays(30));
    assertEquals(Optional.empty(), gate.fetchingWaitsFor(install("d1")));
  }

  private static UpdateTimes times(
      List<Window> fetch, List<Window> activate, boolean consent, Duration jitter) {
    return new UpdateTimes(fetch, activate, consent, jitter, false);
  }

  private static Deployment install(String id) {
    return deployment(id, Deployment.Kind.INSTALL);
  }

  private static Deployment deployment(String id, Deployment.Kind kind) {
    return new Deployment(
        id,
        kind,
        ComponentName.model("defect"),
        Optional.empty(),
        new Release(Digest.of(new byte[1]), "1.0.0"),
        Initiator.local("test"),
        Optional.empty(),
        List.of());
  }
}
