package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Judges a boot by its PCRs and its logs. First the logs have to explain the PCRs, in the very bank
 * that was read or quoted; then, and only then, what they name is compared, event by event.
 */
public final class BootJudge {
  private static final String LOG = "event log";
  private static final String NONE = "none";

  private final ReferenceValues reference;

  public BootJudge(ReferenceValues reference) {
    this.reference = reference;
  }

  /** Everything there is to say, in the order it depends on each other. */
  public List<BootFinding> judge(PcrValues found, BootLogs logs) {
    List<BootFinding> findings = new ArrayList<>();
    Optional<MeasuredBoot> boot = read(found, logs, findings);
    for (PcrBank bank : found.selection().banks()) {
      new BankJudge(reference, bank, found, inBank(boot, bank, findings)).judge(findings);
    }
    return findings;
  }

  private Optional<MeasuredBoot> read(PcrValues found, BootLogs logs, List<BootFinding> findings) {
    try {
      Optional<MeasuredBoot> boot = MeasuredBoot.read(logs);
      if (boot.isEmpty() && expectsEventsOf(found)) {
        Link none = Link.unknown(LOG, "one that replays to the PCRs", NONE);
        findings.add(BootFinding.of(Subject.LOG, "NO_BOOT_LOG", none));
      }
      return boot;
    } catch (LogRefusal refusal) {
      Link refused = Link.bad(LOG, "one that can be read", Explanation.of(refusal));
      findings.add(BootFinding.of(Subject.LOG, "BOOT_LOG_REFUSED", refused));
      return Optional.empty();
    }
  }

  private boolean expectsEventsOf(PcrValues found) {
    return found.selection().banks().stream().anyMatch(reference::expectsEventsOf);
  }

  /** A log of another bank explains nothing, however well it replays there. */
  private Optional<MeasuredBoot> inBank(
      Optional<MeasuredBoot> boot, PcrBank bank, List<BootFinding> findings) {
    Optional<MeasuredBoot> same = boot.filter(it -> it.has(LogHash.of(bank.hash())));
    if (boot.isPresent() && same.isEmpty() && reference.expectsEventsOf(bank)) {
      String expected = "digests of " + bank.hash().text() + ", the bank of the PCRs";
      findings.add(BootFinding.of(Subject.LOG, "BOOT_LOG_BANK", Link.unknown(LOG, expected, NONE)));
    }
    return same;
  }

  /** What one PCR holds beside what the log replays to. */
  enum Replayed {
    SAME,
    OTHER,
    /** No log, or one that does not tell all of this PCR. */
    UNTOLD;

    static Replayed of(Optional<MeasuredBoot> boot, LogHash bank, int pcr, Bytes held) {
      if (boot.isEmpty()) {
        return UNTOLD;
      }
      Optional<Bytes> value = boot.get().value(bank, pcr);
      if (value.filter(held::equals).isPresent()) {
        return SAME;
      }
      return value.isPresent() && boot.get().tellsAllOf(pcr) ? OTHER : UNTOLD;
    }
  }
}
