// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.Swtpm;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.fleet.MovableClock;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Reference values from a real chip's quote. */
class GoldenReportTest {
  private static final PcrSelection BOOT =
      PcrSelection.parse("sha256:0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15");
  private static final Nonce NONCE = Nonce.ofHex("00112233445566778899aabbccddeeff");

  private final MovableClock clock = new MovableClock();
  @TempDir private Path folder;
  private Swtpm chip;
  private DeviceKeystore device;
  private FleetOfOne fleet;
  private Evidence report;
  private PcrValues booted;

  @BeforeEach
  void reportFromAnEnrolledDevice() throws Exception {
    chip = Swtpm.unmeasured();
    FirmwareBoot.play(FirmwareBoot.log("kernel", LogHash.SHA256), chip);
    device = FleetOfOne.device(chip);
    fleet = new FleetOfOne(folder, chip, clock);
    fleet.enrol(device);
    PcrValues boot = device.readPcrs(BOOT);
    AgentLog log =
        AgentLog.empty(AgentLog.DEFAULT_PCR)
            .plus(AgentEvent.model("defect", "1", Digest.of(new byte[] {1})));
    device.measure(log.pcr(), log.events().get(0).measurement());
    booted = boot;
    report =
        new EvidenceWriter(device, BOOT)
            .write(NONCE, healthy(), log, BootLogs.none(), clock.instant());
  }

  @AfterEach
  void powerOff() throws Exception {
    chip.close();
  }

  private static HealthClaims healthy() {
    return new HealthClaims(
        "1.0.0",
        Duration.ofSeconds(1),
        "tpm2",
        List.of(),
        Map.of(),
        Optional.empty(),
        Optional.empty(),
        Map.of());
  }

  private ReferenceValues learn(Nonce nonce) throws Exception {
    return GoldenReport.learn("camera", report, nonce, fleet.registry(), clock.instant());
  }

  @Test
  void theDeviceItWasLearnedFromIsGoodAndTheAgentsOwnPcrIsLeftOut() throws Exception {
    ReferenceValues learned = learn(NONCE);
    // All that firmware, shim, GRUB and the kernel's files were measured into.
    assertEquals(10, learned.boots().get(0).values().size());
    assertEquals(Verdict.GOOD, learned.judge(booted).overall());
  }

  /** Attack: an old report, from before a hole was mended, is handed in as today's. */
  @Test
  void aReportForAnotherNonceTeachesNothing() {
    assertUntrusted(() -> learn(Nonce.ofHex("ffeeddccbbaa99887766554433221100")), "WRONG_NONCE");
  }

  @Test
  void aRevokedDeviceTeachesNothing() throws Exception {
    fleet.registry().change(device.ueid(), Device.State.REVOKED);
    assertUntrusted(() -> learn(NONCE), "REVOKED");
  }

  private static void assertUntrusted(
      org.junit.jupiter.api.function.Executable learning, String reason) {
    UntrustedReport refusal = assertThrows(UntrustedReport.class, learning);
    assertEquals("UNTRUSTED_REPORT", refusal.code());
    assertTrue(refusal.getMessage().contains(reason), refusal.getMessage());
  }
}
