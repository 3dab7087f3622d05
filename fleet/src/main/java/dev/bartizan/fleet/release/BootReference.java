// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.boot.Verdict;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.fleet.release.ReleaseRefusal.Code;
import dev.bartizan.fleet.verify.AppraisalPolicy;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Reference values of the boot chain, from a golden device: every PCR that its boot extended. The
 * one the agent measures into is left out: it changes with the models that are loaded, which the
 * verifier knows by themselves.
 */
public final class BootReference {
  /** Of a file with PCR values; an event log may stand beside them. */
  public static final int MAX_LENGTH = 4 << 20;

  private static final int MAX_HEX = 128;

  private BootReference() {}

  /**
   * Learns from a report what its chip quoted.
   *
   * @param nonce the one it was asked for with; with the report's own nothing is said about its age
   * @throws ReleaseRefusal UNTRUSTED_REPORT unless an enrolled device's keys signed it, and its
   *     logs explain it
   */
  public static ReferenceValues learn(
      String profile, Evidence report, Nonce nonce, Inventory inventory, Instant now)
      throws IOException, Refusal {
    // Without any references: this is where they come from.
    Verifier verifier = new Verifier(inventory, AppraisalPolicy.withoutReferences());
    AttestationResult result = verifier.appraise(report, nonce, now).result();
    if (result.status() == TrustTier.CONTRAINDICATED) {
      throw new ReleaseRefusal(Code.UNTRUSTED_REPORT, reasons(result));
    }
    if (report.quote().isEmpty()) {
      throw new ReleaseRefusal(Code.UNTRUSTED_REPORT, "a report without a quote has no PCRs");
    }
    // The verifier has seen the logs replay to what was quoted, where there are any.
    AgentLog log = report.log();
    PcrValues values = report.quote().get().values().with(log.bank(), log.pcr(), log.start());
    return ReferenceValues.learn(profile, values, report.bootLogs());
  }

  /**
   * Takes the values of a file as {@code report unpack} or {@code bartizan eventlog --json} writes
   * it: {@code {"sha256":{"7":"hex"}}}, alone or as member {@code pcrs}.
   *
   * @param logs of the boot that led to them; their events become part of the reference
   * @throws ReleaseRefusal UNTRUSTED_REPORT unless the logs replay to the values
   */
  public static ReferenceValues read(String profile, byte[] json, BootLogs logs, String what)
      throws Refusal {
    PcrValues values = values(json, what);
    ChainVerdict replay = ReferenceValues.none(profile).judge(values, logs);
    if (replay.overall() == Verdict.BAD) {
      throw new ReleaseRefusal(
          Code.UNTRUSTED_REPORT, "there is nothing to learn: " + replay.faults());
    }
    ReferenceValues learned = ReferenceValues.learn(profile, values, logs);
    // Read back as devices will, so that what they would refuse is refused here.
    return ReferenceValues.parse(learned.toJson());
  }

  /** The values of such a file, whatever they are. */
  public static PcrValues values(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    JsonFields named = document.has("pcrs") ? document.object("pcrs") : document;
    List<PcrBank> banks = new ArrayList<>();
    List<Bytes> values = new ArrayList<>();
    try {
      for (String name : named.names()) {
        TpmHash bank =
            TpmHash.find(name).orElseThrow(() -> new Malformed(what + ": no such bank: " + name));
        Map<String, String> held = named.textMap(name, PcrBank.PCRS, MAX_HEX);
        banks.add(PcrBank.ofNumbers(bank, held.keySet()));
        for (int pcr : banks.get(banks.size() - 1).pcrs()) {
          values.add(Bytes.ofHex(String.valueOf(held.get(String.valueOf(pcr)))));
        }
      }
      return new PcrValues(new PcrSelection(banks), values);
    } catch (IllegalArgumentException notPcrs) {
      throw new Malformed(what + ": " + notPcrs.getMessage(), notPcrs);
    }
  }

  private static String reasons(AttestationResult result) {
    return result.reasons().stream()
        .filter(reason -> reason.tier() == TrustTier.CONTRAINDICATED)
        .map(reason -> reason.code() + " (" + reason.detail() + ")")
        .collect(Collectors.joining("; ", "the report is not to be learned from: ", ""));
  }
}
