// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.MachineSettings;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that booted well, and is set up well, badly, or nobody knows how. */
class SettingsAppraisalTest extends EnrolledDevice {
  private static final Map<String, Set<String>> DEMANDED =
      Map.of("swap", Set.of("none", "encrypted"), "ptrace", Set.of("2", "3"));

  @BeforeEach
  void demand() throws Exception {
    // Learned before the agent measured anything, as a golden device is.
    know(learned(golden).demanding(DEMANDED));
  }

  private AttestationResult with(String swap, String ptrace) throws Exception {
    measure(new MachineSettings(Map.of("swap", swap, "ptrace", ptrace, "core", "9")).event());
    return appraise(evidence()).result();
  }

  @Test
  void asDemandedIsAffirmedAndOfOthersNothingIsDemanded() throws Exception {
    AttestationResult result = with("encrypted", "2");
    assertEquals(List.of(), result.reasons());
    assertEquals(TrustTier.AFFIRMING, result.status());
  }

  @Test
  void anotherValueIsContraindicatedWithComponentExpectedAndFound() throws Exception {
    AttestationResult result = with("plain", "2");
    assertReason("SETTING", TrustTier.CONTRAINDICATED, result);
    assertEquals(96, result.vector().get(TrustClaim.CONFIGURATION));
    String detail = result.reasons().get(0).detail();
    assertTrue(detail.contains("setting swap: expected encrypted or none, found plain"), detail);
    assertTrue(detail.contains("PCR 13"), detail);
  }

  @Test
  void whatTheDeviceCouldNotSeeIsAWarning() throws Exception {
    assertReason("SETTING_UNKNOWN", TrustTier.WARNING, with("unknown", "2"));
  }

  @Test
  void whatTheDeviceDoesNotMeasureAtAllIsAWarning() throws Exception {
    measure(new MachineSettings(Map.of("swap", "none")).event());
    assertReason("SETTING_UNKNOWN", TrustTier.WARNING, appraise(evidence()).result());
  }

  @Test
  void aLogWithoutSettingsIsAWarningWhereSomeAreDemandedAndNoneElsewhere() throws Exception {
    reasonOf("SETTINGS_NOT_MEASURED", TrustTier.WARNING, evidence());
    know(learned(golden));
    assertEquals(TrustTier.AFFIRMING, appraise(evidence()).result().status());
  }

  // Attack: swap is turned off before the report, after weights were written to it.
  @Test
  void whatWasSoOnceSinceTheBootCounts() throws Exception {
    with("plain", "2");
    assertReason("SETTING", TrustTier.CONTRAINDICATED, with("none", "2"));
  }

  @Test
  void wordsThatNobodyMeasuresAreNoSettings() throws Exception {
    String words = "swap=none ptrace=2 swap=none";
    Digest digest = Digest.of(words.getBytes(StandardCharsets.UTF_8));
    measure(new AgentEvent(AgentEvent.Kind.SETTINGS, digest, words));
    reasonOf("SETTINGS_UNREADABLE", TrustTier.WARNING, evidence());
  }

  // Attack: better settings are written into the log than were measured.
  @Test
  void aLogThatSaysOtherwiseThanThePcrDoesNotReplay() throws Exception {
    with("plain", "2");
    log =
        log.withoutLast().plus(new MachineSettings(Map.of("swap", "none", "ptrace", "2")).event());
    reasonOf("LOG_DOES_NOT_REPLAY", TrustTier.CONTRAINDICATED, evidence());
  }
}
