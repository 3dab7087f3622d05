// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.uplink;

import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.serve.ServingStatistics;
import dev.bartizan.agent.system.Safeguard;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.HealthClaims.Outcome;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/** What evidence claims of this device's health. */
final class HealthReport {
  /** Whom this device does not reach now says nothing about what it is. */
  private static final Set<String> LINKS = Set.of("broker", "attestation");

  private final DeviceStatus status;
  private final Trust trust;
  private final Models models;
  private final Deploy deploy;
  private final ActiveAlarms alarms;

  HealthReport(
      DeviceStatus status, Trust trust, Models models, Deploy deploy, ActiveAlarms alarms) {
    this.status = status;
    this.trust = trust;
    this.models = models;
    this.deploy = deploy;
    this.alarms = alarms;
  }

  HealthClaims claims() {
    return new HealthClaims(
        status.version(),
        status.uptime(),
        trust.keystore().protection().kind().text(),
        deploy.modelStates(),
        checks(),
        trust.policy().digest(),
        Optional.of(deploy.installer().head().digest()),
        counters());
  }

  private Map<String, Outcome> checks() {
    Map<String, Outcome> checks = new TreeMap<>();
    checks.put("boot-chain", outcome(trust.bootVerdict().overall()));
    boolean isWell = LINKS.containsAll(alarms.all().keySet());
    checks.put("alarms", isWell ? Outcome.SUCCESS : Outcome.FAIL);
    Safeguards safeguards = models.safeguards();
    for (Safeguard safeguard : safeguards.examine()) {
      checks.put("safeguard-" + safeguard.name(), outcome(safeguards, safeguard));
    }
    return checks;
  }

  private Map<String, Long> counters() {
    Map<String, Long> counters = new TreeMap<>();
    for (ServingStatistics seen : models.service().observe()) {
      counters.put(seen.model() + ".answered", seen.answered());
      counters.put(seen.model() + ".failed", seen.failed());
      counters.put(seen.model() + ".refused", seen.refused());
    }
    return counters;
  }

  /** A safeguard that is not there is a failure where the configuration insists on it. */
  private static Outcome outcome(Safeguards safeguards, Safeguard safeguard) {
    return switch (safeguard.verdict()) {
      case GOOD -> Outcome.SUCCESS;
      case UNKNOWN -> Outcome.NOT_RUN;
      case BAD -> safeguards.insistsOn(safeguard) ? Outcome.FAIL : Outcome.ABSENT;
    };
  }

  private static Outcome outcome(Verdict verdict) {
    return switch (verdict) {
      case GOOD -> Outcome.SUCCESS;
      case UNKNOWN -> Outcome.ABSENT;
      case BAD -> Outcome.FAIL;
    };
  }
}
