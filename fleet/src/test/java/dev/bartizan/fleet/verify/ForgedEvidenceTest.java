// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.fleet.FleetOfOne;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What is changed, mixed or replayed on the way between a device and the verifier. */
class ForgedEvidenceTest extends EnrolledDevice {
  private static final Nonce OTHER_NONCE = Nonce.ofHex("ff".repeat(32));

  // Attack: a report recorded while the device was still good.
  @Test
  void aRecordedReportDoesNotAnswerANewNonce() throws Exception {
    Evidence recorded = evidence();

    AttestationResult result = verifier().appraise(recorded, OTHER_NONCE, clock.instant()).result();

    assertReason("WRONG_NONCE", TrustTier.CONTRAINDICATED, result);
  }

  // Attack: today's claims with yesterday's quote.
  @Test
  void theQuoteOfAnotherReportIsNotBoundToTheseClaims() throws Exception {
    Evidence good = evidence();
    Evidence other = evidence(health("3.0.0"));

    reasonOf(
        "NOT_BOUND",
        TrustTier.CONTRAINDICATED,
        new Evidence(other.eat(), good.quote(), good.log(), golden));
  }

  // Attack: a manipulated model was loaded, and its line is left out.
  @Test
  void aLogWithoutOneOfItsEventsDoesNotReplay() throws Exception {
    measure(AgentEvent.model("defect", "6.6.6", Digest.of(new byte[] {6})));
    Evidence whole = evidence();
    AgentLog shorter = new AgentLog(log.pcr(), log.events().subList(0, 3));

    reasonOf(
        "LOG_DOES_NOT_REPLAY",
        TrustTier.CONTRAINDICATED,
        new Evidence(whole.eat(), whole.quote(), shorter, golden));
    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, whole);
  }

  // Attack: the digest stays, what it is said to be changes.
  @Test
  void theDescriptionOfAnEventIsCoveredToo() throws Exception {
    Evidence good = evidence();
    AgentLog renamed =
        new AgentLog(
            log.pcr(), List.of(SOFTWARE, POLICY, AgentEvent.model("defect", "2.1.1", RELEASE)));

    reasonOf(
        "LOG_DOES_NOT_REPLAY",
        TrustTier.CONTRAINDICATED,
        new Evidence(good.eat(), good.quote(), renamed, golden));
  }

  // Attack: PCR values that were never quoted.
  @Test
  void editedPcrValuesAreNoticed() throws Exception {
    device.measure(7, RELEASE);
    Evidence bad = evidence();
    PcrValues values = bad.quote().orElseThrow().values();
    List<Bytes> edited = new ArrayList<>(values.values());
    edited.set(7, Bytes.ofHex("00".repeat(32)));
    Quote quote =
        new Quote(
            bad.quote().orElseThrow().attest(),
            bad.quote().orElseThrow().signature(),
            bad.quote().orElseThrow().attestationKey(),
            new PcrValues(values.selection(), edited));

    reasonOf("PCR_MISMATCH", TrustTier.CONTRAINDICATED, bad);
    reasonOf(
        "PCRS_NOT_QUOTED",
        TrustTier.CONTRAINDICATED,
        new Evidence(bad.eat(), Optional.of(quote), bad.log(), golden));
  }

  // Attack: keys made anew in the same chip, behind the operator's back.
  @Test
  void keysThatWereNotEnrolledDoNotSpeakForTheDevice() throws Exception {
    Evidence evidence =
        new EvidenceWriter(FleetOfOne.device(chip), PcrSelection.parse("sha256:0,4,7"))
            .write(NONCE, health("1.0.0"), log, BootLogs.none(), clock.instant());

    reasonOf("BAD_CLAIMS_SIGNATURE", TrustTier.CONTRAINDICATED, evidence);
  }

  @Test
  void aQuoteByAnotherAttestationKeyIsRefusedWhateverKeyTravelsBesideIt() throws Exception {
    Evidence good = evidence();
    Quote foreign =
        FleetOfOne.device(chip)
            .quote(good.quote().orElseThrow().values().selection(), good.qualification(NONCE));

    reasonOf(
        "BAD_QUOTE",
        TrustTier.CONTRAINDICATED,
        new Evidence(good.eat(), Optional.of(foreign), good.log(), golden));
  }

  // Attack: any change on the way. What still affirms says exactly what the device said.
  @Test
  void noFlippedByteOfAReportIsAffirmedWithAnotherContent() throws Exception {
    Evidence good = evidence();
    byte[] bytes = good.write();
    for (int at = 0; at < bytes.length; at += 3) {
      byte[] flipped = bytes.clone();
      flipped[at] ^= 1;
      try {
        Evidence changed = Evidence.read(flipped);
        if (appraise(changed).result().status() == TrustTier.AFFIRMING) {
          assertEquals(good.eat(), changed.eat());
          assertEquals(good.log(), changed.log());
          assertEquals(good.quote().orElseThrow().attest(), changed.quote().orElseThrow().attest());
          assertEquals(good.quote().orElseThrow().values(), changed.quote().orElseThrow().values());
        }
      } catch (Malformed refused) {
        assertNotEquals("", refused.getMessage());
      }
    }
  }
}
