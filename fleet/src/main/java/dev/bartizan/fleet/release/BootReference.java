package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.statement.AttestationResult;
import dev.bartizan.crypto.statement.Evidence;
import dev.bartizan.crypto.statement.Nonce;
import dev.bartizan.crypto.statement.TrustTier;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.fleet.release.ReleaseRefusal.Code;
import dev.bartizan.fleet.verify.AppraisalPolicy;
import dev.bartizan.fleet.verify.Verifier;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Reference values of the boot chain, from a golden device. PCR 16 and 23 are left out, and the one
 * the agent measures into: any program may reset the former, and the latter changes with the models
 * that are loaded, which the verifier knows by themselves.
 */
public final class BootReference {
  /** Of a file with PCR values; an event log may stand beside them. */
  public static final int MAX_LENGTH = 4 << 20;

  private static final int DEBUG_PCR = 16;
  private static final int APPLICATION_PCR = 23;
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
    ReferenceValues quoted = ReferenceValues.learn(profile, report.quote().values());
    return ofBoot(profile, quoted.accepted(), report.log().pcr());
  }

  /**
   * Takes the values of a file as {@code report unpack} or {@code bartizan eventlog --json} writes
   * it: {@code {"sha256":{"7":"hex"}}}, alone or as member {@code pcrs}.
   */
  public static ReferenceValues read(String profile, byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    JsonFields banks = document.has("pcrs") ? document.object("pcrs") : document;
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (String bank : banks.names()) {
      JsonFields pcrs = banks.object(bank);
      for (String pcr : pcrs.names()) {
        accepted.put(bank + ":" + pcr, Set.of(pcrs.text(pcr, MAX_HEX)));
      }
    }
    ReferenceValues values = ofBoot(profile, accepted, APPLICATION_PCR);
    // Read back as devices will, so that what they would refuse is refused here.
    return ReferenceValues.parse(values.toJson());
  }

  private static ReferenceValues ofBoot(
      String profile, Map<String, Set<String>> accepted, int agentPcr) {
    Map<String, Set<String>> boot = new TreeMap<>(accepted);
    for (int pcr : List.of(DEBUG_PCR, APPLICATION_PCR, agentPcr)) {
      boot.keySet().removeIf(name -> name.endsWith(":" + pcr));
    }
    return new ReferenceValues(profile, boot);
  }

  private static String reasons(AttestationResult result) {
    return result.reasons().stream()
        .filter(reason -> reason.tier() == TrustTier.CONTRAINDICATED)
        .map(reason -> reason.code() + " (" + reason.detail() + ")")
        .collect(Collectors.joining("; ", "the report is not to be learned from: ", ""));
  }
}
