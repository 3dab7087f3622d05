// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InstallerTest {
  private Device device = new Device(new FakeDisk());

  @BeforeEach
  void firstRelease() throws Exception {
    device = Device.withFirstRelease();
  }

  @Nested
  class GoodReleases {
    @Test
    void aGoodReleaseIsCommittedAndTheOldOneIsKept() throws Exception {
      device.request("d", "2.0");
      device.run();
      assertEquals("2.0", device.active());
      assertEquals(Optional.of("2.0"), device.serving());
      assertEquals(List.of("1.0"), versions(device.component().previous()));
      assertEnd("d", UpdateState.COMMITTED, "");
    }

    @Test
    void theHistorySaysEachStepAndItsChainHolds() throws Exception {
      device.request("d", "2.0");
      device.run();
      History.verify(device.disk, device.installer().head());
      List<String> steps =
          History.read(device.disk).stream()
              .filter(entry -> entry.event().deployment().equals("d"))
              .map(entry -> entry.event().what())
              .toList();
      assertEquals(
          List.of("planned", "fetching", "staged", "activating", "probation", "committed"), steps);
    }

    @Test
    void twoEarlierReleasesAreKeptAndTheThirdIsCollected() throws Exception {
      for (String version : List.of("2.0", "3.0", "4.0")) {
        device.request("to " + version, version);
        device.run();
      }
      assertEquals(List.of("3.0", "2.0"), versions(device.component().previous()));
      assertTrue(device.store().held().containsAll(Device.objects("2.0")));
      assertFalse(device.store().held().removeAll(Device.objects("1.0")));
      assertEquals(6, device.store().held().size());
    }

    @Test
    void whatALauncherGaveUpIsNotActiveAnyMoreNorInstalledAgainByPolicy() throws Exception {
      device.request("d", "2.0");
      device.run();
      Optional<Release> runs = Optional.of(Device.release("1.0"));
      device.installer().fellBack(Device.MODEL, runs, "GIVEN_UP: too many starts");
      device.run();
      device.start();
      assertEquals("1.0", device.active());
      assertEquals(Device.objects("1.0"), device.store().held());
      assertThrows(InstallRefusal.class, () -> device.request("e", "2.0", Device.POLICY));
      List<HistoryEntry> entries = History.read(device.disk);
      HistoryEvent last = entries.get(entries.size() - 1).event();
      assertEquals("rolled-back", last.what());
      assertEquals(Optional.of(Device.release("2.0")), last.from());
      History.verify(device.disk, device.installer().head());
    }

    @Test
    void theSameDeploymentRequestedTwiceIsCarriedOutOnce() throws Exception {
      assertEquals(Admission.ACCEPTED, device.request("d", "2.0"));
      assertEquals(Admission.KNOWN, device.request("d", "2.0"));
      device.run();
      assertEquals(Admission.KNOWN, device.request("d", "2.0"));
      device.start();
      assertEquals(Admission.KNOWN, device.request("d", "2.0"));
      device.run();
      assertEquals(1, device.reports.size());
      assertEquals(1, device.activations.get("2.0"));
    }
  }

  @Nested
  class BadReleases {
    @Test
    void aReleaseWhoseGoldenVectorsFailNeverServesAndIsRolledBack() throws Exception {
      device.request("d", "2.0-wrong");
      device.run();
      assertEquals(Optional.of("1.0"), device.serving());
      assertEquals(null, device.activations.get("2.0-wrong"));
      assertEnd("d", UpdateState.ROLLED_BACK, "GOLDEN_VECTORS: 2 of 3 differ");
      assertOnlyFirstIsHeld();
    }

    @Test
    void aReleaseThatIsSickInProbationIsRolledBackAndTheOldOneServes() throws Exception {
      device.request("d", "2.0-sick");
      device.run();
      assertEquals("1.0", device.active());
      assertEquals(Optional.of("1.0"), device.serving());
      assertEnd("d", UpdateState.ROLLED_BACK, "ERROR_RATE: 0.4");
      assertOnlyFirstIsHeld();
    }

    @Test
    void aTamperedPayloadIsRefusedBeforeActivationAndNothingOfItIsLeft() throws Exception {
      device.request("d", "2.0-tampered");
      device.run();
      assertEquals(null, device.activations.get("2.0-tampered"));
      assertEquals(UpdateState.REFUSED, device.reports.get(0).state());
      assertTrue(device.reports.get(0).reason().startsWith("HASH_MISMATCH: "));
      assertOnlyFirstIsHeld();
    }

    @Test
    void anUnsignedReleaseIsRefusedBeforeAByteIsFetched() throws Exception {
      device.request("d", "2.0-unsigned");
      device.run();
      assertEnd("d", UpdateState.REFUSED, "SIG_THRESHOLD: unacceptable");
    }

    @Test
    void aReleaseThatCannotBeLoadedIsRolledBack() throws Exception {
      device.request("d", "2.0-unloadable");
      device.run();
      assertEnd("d", UpdateState.ROLLED_BACK, "MODEL_REFUSED: unacceptable");
      assertEquals(Optional.of("1.0"), device.serving());
    }

    @Test
    void aStagedObjectThatRotsIsRefusedBeforeActivation() throws Exception {
      device.request("d", "2.0");
      device.runUntil(UpdateState.STAGED);
      String artifact =
          device.disk.names().stream()
              .filter(name -> name.startsWith("objects/"))
              .filter(name -> isOf(name, "2.0"))
              .findFirst()
              .orElseThrow();
      device.disk.flip(FileName.of(artifact), 3, 4);
      device.run();
      assertEquals(UpdateState.REFUSED, device.reports.get(0).state());
      assertOnlyFirstIsHeld();
    }

    @Test
    void aReleaseThatFailedIsNotTriedAgainByPolicyButByCommand() throws Exception {
      device.request("d", "2.0-sick");
      device.run();
      device.start();
      InstallRefusal refusal =
          assertThrows(InstallRefusal.class, () -> device.request("e", "2.0-sick", Device.POLICY));
      assertEquals("KNOWN_BAD", refusal.code());
      assertEquals(Admission.ACCEPTED, device.request("f", "2.0-sick", Device.COMMAND));
      device.run();
      assertEquals(2, device.activations.get("2.0-sick"));
    }

    private void assertOnlyFirstIsHeld() throws Exception {
      assertEquals(Device.objects("1.0"), device.store().held());
      assertEquals(
          List.of(), device.disk.names().stream().filter(it -> it.startsWith("partial")).toList());
    }
  }

  @Nested
  class Crashes {
    @Test
    void aReleaseThatKillsTheProcessIsGivenUpAfterThreeStarts() throws Exception {
      device.request("d", "2.0-crashing");
      assertEquals(3, processesUntilIdle());
      assertEquals(3, device.activations.get("2.0-crashing"));
      assertEquals("1.0", device.active());
      assertEnd("d", UpdateState.ROLLED_BACK, "RESTARTED_TOO_OFTEN: 3 starts");
    }

    @Test
    void aReleaseThatKillsTheProcessInProbationIsGivenUpAfterThreeStarts() throws Exception {
      device.request("d", "2.0-dying");
      assertEquals(3, processesUntilIdle());
      assertEquals(3, device.activations.get("2.0-dying"));
      assertEquals(Optional.of("1.0"), device.serving());
      assertEnd("d", UpdateState.ROLLED_BACK, "RESTARTED_TOO_OFTEN: 3 starts");
    }

    @Test
    void aKilledDownloadGoesOnAndIsNeverAFailure() throws Exception {
      device.request("d", "2.0");
      device.runUntil(UpdateState.FETCHING);
      while (device.installer().current().orElseThrow().state() == UpdateState.FETCHING) {
        device.start();
        device.installer().advance(); // one piece
      }
      device.run();
      assertEnd("d", UpdateState.COMMITTED, "");
    }

    @Test
    void aReleaseWaitingForItsWindowOutlastsManyRestarts() throws Exception {
      device.request("d", "2.0");
      device.isOffline = true;
      for (int restart = 0; restart < 10; restart++) {
        device.installer().advance();
        device.installer().advance();
        device.start();
      }
      device.isOffline = false;
      device.run();
      assertEnd("d", UpdateState.COMMITTED, "");
    }

    private int processesUntilIdle() throws Exception {
      for (int died = 0; ; died++) {
        try {
          device.run();
          return died;
        } catch (Device.ProcessDied dead) {
          device.start();
        }
      }
    }
  }

  @Nested
  class Orders {
    @Test
    void aSecondDeploymentIsRefusedWhileOneIsUnderWayAndTheFirstIsNamed() throws Exception {
      device.request("d", "2.0");
      InstallRefusal refusal = assertThrows(InstallRefusal.class, () -> device.request("e", "3.0"));
      assertEquals("BUSY", refusal.code());
      assertTrue(refusal.toString().contains("deployment d is planned"));
    }

    @Test
    void theActiveReleaseIsNotInstalledAgain() {
      InstallRefusal refusal = assertThrows(InstallRefusal.class, () -> device.request("d", "1.0"));
      assertEquals("ALREADY_ACTIVE", refusal.code());
    }

    @Test
    void cancellingReallyCancelsInEveryState() throws Exception {
      for (UpdateState state :
          List.of(
              UpdateState.PLANNED,
              UpdateState.FETCHING,
              UpdateState.STAGED,
              UpdateState.ACTIVATING,
              UpdateState.PROBATION)) {
        Device one = Device.withFirstRelease();
        one.request("d", "2.0");
        if (state != UpdateState.PLANNED) {
          one.runUntil(state);
        }
        one.installer().cancel("d", "operator");
        one.run();
        assertEquals(Optional.of("1.0"), one.serving());
        assertEquals("CANCELLED: operator", one.reports.get(0).reason());
        assertEquals(Device.objects("1.0"), one.store().held());
        one.request("e", "2.0", Device.POLICY);
        one.run();
        assertEquals("2.0", one.active(), "what was called off is not held against it");
      }
    }

    @Test
    void whatIsNotUnderWayCannotBeCancelled() {
      InstallRefusal refusal =
          assertThrows(InstallRefusal.class, () -> device.installer().cancel("x", "why"));
      assertEquals("NOT_UNDER_WAY", refusal.code());
    }

    @Test
    void aRequestThatIsOverdueFailsWithoutBeingTried() throws Exception {
      device.isOffline = true;
      DeploymentRequest request =
          new DeploymentRequest(
              "d",
              Device.MODEL,
              Device.release("2.0"),
              Device.COMMAND,
              Optional.of(device.now.plusSeconds(60)),
              Map.of());
      device.installer().request(request);
      Step waiting = device.installer().advance();
      assertEquals(new Step(Step.Kind.HINDERED, UpdateState.PLANNED, "no route to host"), waiting);
      device.later(Duration.ofSeconds(61));
      device.run();
      assertEnd("d", UpdateState.FAILED, "OVERDUE");
    }

    @Test
    void rollingBackNeedsNoNetworkAndTheReleaseLeftIsWithdrawn() throws Exception {
      device.request("d", "2.0");
      device.run();
      device.isOffline = true;
      device.installer().rollBack("r", Device.MODEL, Initiator.local("root"));
      device.run();
      assertEquals("1.0", device.active());
      assertEquals(Optional.of("1.0"), device.serving());
      assertEquals(Set.of("WITHDRAWN"), Set.of(device.component().rejected().get(0).reason()));
      assertEquals(Device.objects("1.0"), device.store().held());
      InstallRefusal refusal =
          assertThrows(
              InstallRefusal.class,
              () -> device.installer().rollBack("s", Device.MODEL, Device.COMMAND));
      assertEquals("NO_PREVIOUS", refusal.code());
    }
  }

  @Nested
  class Reports {
    @Test
    void anEndIsToldAgainAfterEveryStartUntilItIsAcknowledged() throws Exception {
      device.isDeaf = true;
      device.request("d", "2.0");
      device.run();
      device.start();
      device.run();
      assertEquals(1, device.installer().unacknowledged().size());
      device.isDeaf = false;
      device.start();
      device.run();
      assertEnd("d", UpdateState.COMMITTED, "");
      device.start();
      device.run();
      assertEquals(1, device.reports.size());
    }

    @Test
    void anEndNobodyHeardOfDoesNotBlockTheNextDeployment() throws Exception {
      device.isDeaf = true;
      device.request("d", "2.0");
      device.run();
      device.request("e", "3.0");
      device.run();
      assertEquals("3.0", device.active());
      assertEquals(2, device.installer().unacknowledged().size());
    }
  }

  private void assertEnd(String id, UpdateState state, String reason) {
    assertEquals(1, device.reports.size());
    Outcome outcome = device.reports.get(0);
    assertEquals(id, outcome.deployment());
    assertEquals(state, outcome.state());
    assertEquals(reason, outcome.reason());
  }

  private static boolean isOf(String name, String version) {
    return Device.objects(version).stream().anyMatch(it -> name.endsWith(it.hex()));
  }

  private static List<String> versions(List<Installed> installed) {
    return installed.stream().map(it -> it.release().version()).toList();
  }
}
