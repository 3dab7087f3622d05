// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.eventlog.FirmwareBoot;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the verifier makes of a boot: its log, its PCRs, its bank, its counts. */
class BootEvidenceTest extends EnrolledDevice {
  @Test
  void aReferencePcrThatWasNotQuotedIsUnknown() throws Exception {
    Evidence poor =
        new EvidenceWriter(device, PcrSelection.parse("sha256:4"))
            .write(NONCE, health("1.0.0"), log, golden, clock.instant());

    reasonOf("PCR_NOT_QUOTED", TrustTier.WARNING, poor);
  }

  @Test
  void aBootIsAffirmedEventByEventAndAnotherKernelIsNamed() throws Exception {
    assertEquals(TrustTier.AFFIRMING, appraise(evidence(golden)).result().status());
    reasonOf("NO_BOOT_LOG", TrustTier.WARNING, evidence(BootLogs.none()));

    BootLogs other = restart("kernel 2");
    measure();
    AttestationResult result = appraise(evidence(other)).result();
    assertReason("UNEXPECTED_EVENT", TrustTier.CONTRAINDICATED, result);
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.detail().contains("\\vmlinuz")),
        () -> result.reasons().toString());
    // Attack: the log of a good boot instead of one's own.
    reasonOf("BOOT_LOG_DOES_NOT_REPLAY", TrustTier.CONTRAINDICATED, evidence(golden));
    BootLogs garbage = BootLogs.of(Bytes.ofHex("00ff"));
    reasonOf("BOOT_LOG_REFUSED", TrustTier.CONTRAINDICATED, evidence(garbage));
  }

  /** Attack: a log that replays in a bank that was not quoted. */
  @Test
  void aLogOfAnotherBankThanTheQuotedIsNoEvidence() throws Exception {
    reasonOf(
        "BOOT_LOG_BANK",
        TrustTier.WARNING,
        evidence(BootLogs.of(FirmwareBoot.log("kernel 1", LogHash.SHA1))));
  }

  // Attack: evidence of a TPM whose state was put back to before a reset.
  @Test
  void bootCountsThatWentBackAreNoticed() throws Exception {
    Evidence before = evidence();
    restart("kernel 1");
    log = AgentLog.empty(AgentLog.DEFAULT_PCR);
    Appraisal after = appraise(evidence());
    fleet.registry().sawBoot(device.ueid(), after.boot().orElseThrow());

    reasonOf("BOOT_COUNT_WENT_BACK", TrustTier.CONTRAINDICATED, before);
  }

  // Attack: the command line or the initial file system is changed, and nothing else.
  @Test
  void aBootPcrThatNobodyKnowsIsNamedAndNotAffirmed() throws Exception {
    for (int pcr : List.of(8, 9, 14)) {
      AcceptedBoot known = learned(golden).boots().get(0);
      know(without(known, ":" + pcr));
      if (pcr == 14) {
        chip.extend(14, RELEASE);
      }
      reasonOf("PCR_NOT_JUDGED", TrustTier.WARNING, evidence());
    }
  }

  // Attack: Secure Boot is demanded, and its PCR is not shown.
  @Test
  void secureBootThatIsNotQuotedIsNotAffirmed() throws Exception {
    Evidence poor =
        new EvidenceWriter(device, PcrSelection.parse("sha256:0,1,2,3,4,5,6,8,9,11,12,13,14,15"))
            .write(NONCE, health("1.0.0"), log, golden, clock.instant());

    reasonOf("SECURE_BOOT", TrustTier.WARNING, poor);
  }

  // Attack: a bank that is switched on and that firmware never extends fits any boot.
  @Test
  void aBankThatFirmwareDoesNotExtendIsContraindicated() throws Exception {
    chip.restart();
    measure();

    reasonOf("BANK_NOT_EXTENDED", TrustTier.CONTRAINDICATED, evidence());
    reasonOf("BANK_NOT_EXTENDED", TrustTier.CONTRAINDICATED, evidence(BootLogs.none()));
  }
}
