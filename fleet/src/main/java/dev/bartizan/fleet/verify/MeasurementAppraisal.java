// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import static dev.bartizan.protocol.result.TrustClaim.CONFIGURATION;
import static dev.bartizan.protocol.result.TrustClaim.EXECUTABLES;
import static dev.bartizan.protocol.result.TrustClaim.FILE_SYSTEM;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootFinding;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.boot.BootJudge;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.QuoteAttest;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSignature;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.EatClaims;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.Compared;
import dev.bartizan.protocol.result.TrustClaim;
import dev.bartizan.protocol.result.TrustTier;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the values in a genuine quote mean: boot, agent log, models. */
final class MeasurementAppraisal {
  /** PCRs of settings; the others are of code (TCG PC Client firmware profile, 3.3.4). */
  private static final Set<Integer> SETTINGS = Set.of(1, 3, 5, 7);

  private static final int APPROVED = 2;
  private static final int APPROVED_AT_BOOT = 3;
  private static final int UNRECOGNISED_FILES = 32;
  private static final int UNRECOGNISED_EXECUTABLES = 33;
  private static final int CONTRAINDICATED = 96;
  private static final int MAX_TEXT = 160;

  private final AppraisalPolicy policy;
  private final Findings findings;

  MeasurementAppraisal(AppraisalPolicy policy, Findings findings) {
    this.policy = policy;
    this.findings = findings;
  }

  void judge(Evidence evidence, QuoteAttest quote, EatClaims claims, String profile)
      throws TpmRefusal {
    Quote travelled = evidence.quote().orElseThrow();
    PcrValues values = travelled.values();
    if (!areQuoted(values, quote, TpmSignature.parse(travelled.signature()))) {
      return;
    }
    boolean replays = replays(evidence.log(), values);
    judgeBoot(
        replays ? asTheBootLeftThem(evidence.log(), values) : values, evidence.bootLogs(), profile);
    if (replays) {
      judgePlace(evidence.log());
      judgeSettings(evidence.log(), profile);
      judgeSoftware(evidence.log());
      judgeModels(evidence.log(), claims.health());
    }
    judgeOwnChecks(claims.health());
  }

  /** Of a device that cannot quote: its own word, in which only what is bad is believed. */
  void judgeUnquoted(Evidence evidence, EatClaims claims, String profile) {
    findings.note(TrustTier.WARNING, "NO_QUOTE", "nothing is known of how the device booted");
    judgeSettings(evidence.log(), profile);
    for (AgentEvent event : evidence.log().events()) {
      if (event.kind() == AgentEvent.Kind.MODEL && !isKnown(event)) {
        unknown(event);
      }
    }
    requireMeasured(evidence.log(), claims.health());
    judgeOwnChecks(claims.health());
  }

  /** The values travel unsigned; the quote has their digest, and of which PCRs they are. */
  private boolean areQuoted(PcrValues values, QuoteAttest quote, TpmSignature signature) {
    if (quote.selection().banks().stream().map(PcrBank::hash).anyMatch(TpmHash.SHA1::equals)) {
      findings.bad(EXECUTABLES, CONTRAINDICATED, "WEAK_BANK", "a SHA-1 bank was quoted");
      return false;
    }
    boolean quoted =
        values.selection().equals(quote.selection())
            && values.digest(signature.hash()).equals(quote.pcrDigest());
    if (!quoted) {
      findings.bad(
          EXECUTABLES,
          CONTRAINDICATED,
          "PCRS_NOT_QUOTED",
          "the PCR values are not the quoted ones");
    }
    return quoted;
  }

  private void judgeSettings(AgentLog log, String profile) {
    new SettingsAppraisal(reference(profile).settings(), findings).judge(log);
  }

  private ReferenceValues reference(String profile) {
    return policy.reference().find(profile).orElseGet(() -> ReferenceValues.none(profile));
  }

  private void judgeBoot(PcrValues values, BootLogs logs, String profile) {
    new BootJudge(reference(profile)).judge(values, logs).forEach(this::weigh);
  }

  /** The agent's log explains all of its PCR: at the agent's start, that was at its own. */
  private static PcrValues asTheBootLeftThem(AgentLog log, PcrValues values) {
    return values.with(log.bank(), log.pcr(), log.start());
  }

  /** In 16 and 23 anybody with the TPM may take back what was measured, within the same boot. */
  private void judgePlace(AgentLog log) {
    if (!AgentLog.isSuitable(log.pcr())) {
      findings.note(
          TrustTier.WARNING,
          "AGENT_PCR",
          "the agent measures into PCR " + log.pcr() + ", where it can be taken back");
    }
  }

  /** Each component says for itself what it does to the trust in code or in settings. */
  private void weigh(BootFinding found) {
    boolean isSetting = found.pcr() != BootFinding.NO_PCR && SETTINGS.contains(found.pcr());
    TrustClaim claim = isSetting ? CONFIGURATION : EXECUTABLES;
    Link link = found.link();
    Compared compared = new Compared(link.name(), brief(link.expected()), brief(link.found()));
    switch (link.verdict()) {
      case GOOD -> {
        // A log that replays and events in it explain a value; the value is what was quoted.
        if (found.subject() == Subject.PCR || found.subject() == Subject.SECURE_BOOT) {
          findings.good(claim, isSetting ? APPROVED : APPROVED_AT_BOOT);
        }
      }
      case UNKNOWN ->
          findings.note(new AttestationResult.Reason(TrustTier.WARNING, found.code(), compared));
      case BAD -> findings.bad(claim, CONTRAINDICATED, found.code(), compared);
    }
  }

  private static String brief(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT) + "...";
  }

  private boolean replays(AgentLog log, PcrValues values) {
    Optional<Bytes> quoted = values.find(log.bank(), log.pcr());
    boolean replays = quoted.filter(log.replay()::equals).isPresent();
    if (!replays) {
      findings.bad(
          FILE_SYSTEM,
          CONTRAINDICATED,
          "LOG_DOES_NOT_REPLAY",
          new Compared(
              "the agent's log, in " + log.bank().text() + ":" + log.pcr(),
              log.replay().hex(),
              quoted.map(Bytes::hex).orElse("nothing that was quoted")));
    }
    return replays;
  }

  /** It measures itself first, or what follows was measured by nobody knows whom. */
  private void judgeSoftware(AgentLog log) {
    List<AgentEvent> events = log.events();
    if (events.isEmpty() || events.get(0).kind() != AgentEvent.Kind.SOFTWARE) {
      findings.note(
          TrustTier.WARNING, "SOFTWARE_NOT_MEASURED", "the agent's log does not begin with itself");
    }
    for (AgentEvent event : events) {
      if (event.kind() != AgentEvent.Kind.SOFTWARE) {
        continue;
      }
      if (policy.releases().software().containsKey(event.digest())) {
        findings.good(EXECUTABLES, APPROVED);
      } else {
        findings.bad(
            EXECUTABLES,
            UNRECOGNISED_EXECUTABLES,
            "UNKNOWN_SOFTWARE",
            new Compared(
                brief(event.description()),
                "files of a version that was signed",
                event.digest().hex()));
      }
    }
  }

  private void judgeModels(AgentLog log, HealthClaims health) {
    for (AgentEvent event : log.events()) {
      if (event.kind() == AgentEvent.Kind.MODEL) {
        judgeLoaded(event);
      }
    }
    requireMeasured(log, health);
  }

  private void requireMeasured(AgentLog log, HealthClaims health) {
    for (ModelState model : health.models()) {
      if (model.serves() && !log.contains(AgentEvent.Kind.MODEL, model.release())) {
        findings.bad(
            FILE_SYSTEM,
            CONTRAINDICATED,
            "MODEL_NOT_MEASURED",
            model.name() + " " + model.version() + " serves but was never measured");
      }
    }
  }

  private void judgeLoaded(AgentEvent event) {
    if (isKnown(event)) {
      findings.good(FILE_SYSTEM, APPROVED);
    } else {
      unknown(event);
    }
  }

  private boolean isKnown(AgentEvent event) {
    return policy
        .releases()
        .find(event.digest())
        .filter(release -> release.description().equals(event.description()))
        .isPresent();
  }

  private void unknown(AgentEvent event) {
    findings.bad(
        FILE_SYSTEM,
        UNRECOGNISED_FILES,
        "UNKNOWN_MODEL",
        new Compared(
            brief(event.description()),
            "the manifest of a release that was signed",
            event.digest().hex()));
  }

  private void judgeOwnChecks(HealthClaims health) {
    health
        .checks()
        .forEach(
            (name, outcome) -> {
              if (outcome == HealthClaims.Outcome.FAIL) {
                findings.note(TrustTier.WARNING, "SELF_CHECK_FAILED", name);
              }
            });
  }
}
