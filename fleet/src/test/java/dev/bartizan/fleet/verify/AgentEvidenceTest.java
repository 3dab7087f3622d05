// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import org.junit.jupiter.api.Test;

/** What the verifier makes of what the agent measured: itself, and the models it serves. */
class AgentEvidenceTest extends EnrolledDevice {
  @Test
  void withoutKnownReleasesNoModelIsGood() throws Exception {
    fleet.directory().delete("releases.json");

    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, evidence());
  }

  // Attack: the agent's own files were changed, and that agent still runs.
  @Test
  void anAgentThatNobodySignedIsNotAffirmed() throws Exception {
    measure(
        new AgentEvent(
            AgentEvent.Kind.SOFTWARE,
            Digest.of(new byte[] {1}),
            "software/agent/1.0.0/software.json"));

    reasonOf("UNKNOWN_SOFTWARE", TrustTier.WARNING, evidence());
  }

  @Test
  void anAgentThatDoesNotMeasureItselfFirstIsNotAffirmed() throws Exception {
    restart("kernel 1");
    log = AgentLog.empty(AgentLog.DEFAULT_PCR);
    measure(POLICY);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    reasonOf("SOFTWARE_NOT_MEASURED", TrustTier.WARNING, evidence());
  }

  @Test
  void aReleaseUnderAnotherNameIsNotKnown() throws Exception {
    measure(AgentEvent.model("defect", "9.9.9", RELEASE));

    reasonOf("UNKNOWN_MODEL", TrustTier.WARNING, evidence());
  }

  @Test
  void aModelThatServesWithoutHavingBeenMeasuredIsContraindicated() throws Exception {
    ModelState hidden =
        new ModelState("other", "1.0.0", Digest.of(new byte[] {9}), ModelState.State.ACTIVE);

    reasonOf("MODEL_NOT_MEASURED", TrustTier.CONTRAINDICATED, evidence(health("1.0.0", hidden)));
  }

  @Test
  void anActiveModelThatFailedToLoadNeedNotHaveBeenMeasured() throws Exception {
    ModelState broken =
        new ModelState("other", "1.0.0", Digest.of(new byte[] {9}), ModelState.State.ACTIVE, false);

    AttestationResult result = appraise(evidence(health("1.0.0", broken))).result();

    assertTrue(
        result.reasons().stream().noneMatch(it -> it.code().equals("MODEL_NOT_MEASURED")),
        () -> result.reasons().toString());
  }

  // Attack: the agent says that it measures where it can take back what it measured.
  @Test
  void measurementsInAPcrThatCanBeResetAreNotAffirmed() throws Exception {
    log = AgentLog.empty(23);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    reasonOf("AGENT_PCR", TrustTier.WARNING, evidence());
  }

  // Attack: a bad model was measured, the log is thrown away, and another PCR taken.
  @Test
  void whatALostLogHasLeftBehindIsUnknownByName() throws Exception {
    AgentLog before = log;
    log = AgentLog.empty(15);
    measure(SOFTWARE);
    measure(AgentEvent.model("defect", "2.1.0", RELEASE));

    AttestationResult result = appraise(evidence()).result();
    assertReason("PCR_NOT_JUDGED", TrustTier.WARNING, result);
    assertTrue(
        result.reasons().stream().anyMatch(it -> it.detail().contains("sha256:" + before.pcr())));
  }
}
