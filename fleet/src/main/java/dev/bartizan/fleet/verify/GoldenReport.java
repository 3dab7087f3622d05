// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.time.Instant;
import java.util.stream.Collectors;

/**
 * Reference values of the boot chain from the report of a golden device: every PCR that its boot
 * extended. The one the agent measures into is left out: it changes with the models that are
 * loaded, which the verifier knows by themselves.
 *
 * <p>What is learned here counts for nothing before the author has signed it.
 */
public final class GoldenReport {
  private GoldenReport() {}

  /**
   * Learns from a report what its chip quoted.
   *
   * @param nonce the one it was asked for with; with the report's own nothing is said about its age
   * @throws UntrustedReport unless an enrolled device's keys signed it, and its logs explain it
   */
  public static ReferenceValues learn(
      String profile, Evidence report, Nonce nonce, DeviceRegistry registry, Instant now)
      throws IOException, Refusal {
    // Without any references: this is where they come from.
    Verifier verifier = new Verifier(registry, AppraisalPolicy.withoutReferences());
    AttestationResult result = verifier.appraise(report, nonce, now).result();
    if (result.status() == TrustTier.CONTRAINDICATED) {
      throw new UntrustedReport(reasons(result));
    }
    if (report.quote().isEmpty()) {
      throw new UntrustedReport("a report without a quote has no PCRs");
    }
    // The verifier has seen the logs replay to what was quoted, where there are any.
    AgentLog log = report.log();
    PcrValues values = report.quote().get().values().with(log.bank(), log.pcr(), log.start());
    return ReferenceValues.learn(profile, values, report.bootLogs());
  }

  private static String reasons(AttestationResult result) {
    return result.reasons().stream()
        .filter(reason -> reason.tier() == TrustTier.CONTRAINDICATED)
        .map(reason -> reason.code() + " (" + reason.detail() + ")")
        .collect(Collectors.joining("; ", "the report is not to be learned from: ", ""));
  }
}
