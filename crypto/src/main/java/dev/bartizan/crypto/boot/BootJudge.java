// SPDX-License-Identifier: Apache-2.0
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
import java.util.Set;

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

  /**
   * Everything there is to say, in the order it depends on each other: of the accepted boot that
   * fits best, since a boot is one of them as a whole or none.
   */
  public List<BootFinding> judge(PcrValues found, BootLogs logs) {
    List<AcceptedBoot> boots =
        reference.boots().isEmpty() ? List.of(AcceptedBoot.nothing()) : reference.boots();
    List<BootFinding> best = judge(boots.get(0), found, logs);
    for (AcceptedBoot boot : boots.subList(1, boots.size())) {
      List<BootFinding> next = judge(boot, found, logs);
      if (faults(next) < faults(best)) {
        best = next;
      }
    }
    return best;
  }

  /** One bad finding outweighs whatever is unknown. */
  private static long faults(List<BootFinding> findings) {
    long faults = 0;
    for (BootFinding finding : findings) {
      faults +=
          switch (finding.link().verdict()) {
            case GOOD -> 0;
            case UNKNOWN -> 1;
            case BAD -> 1L << 20;
          };
    }
    return faults;
  }

  private List<BootFinding> judge(AcceptedBoot accepted, PcrValues found, BootLogs logs) {
    List<BootFinding> findings = new ArrayList<>();
    if (accepted.saysNothing()) {
      Link none = Link.unknown("reference values", "some for profile " + reference.profile(), NONE);
      findings.add(BootFinding.of(Subject.REFERENCE, "NO_REFERENCE", none));
    }
    Optional<MeasuredBoot> boot = read(accepted, found, logs, findings);
    Set<String> unread = accepted.known();
    for (PcrBank bank : found.selection().banks()) {
      bank.pcrs().forEach(pcr -> unread.remove(ReferenceValues.name(bank.hash(), pcr)));
      Optional<MeasuredBoot> same = inBank(accepted, boot, bank, findings);
      new BankAppraisal(reference.profile(), accepted, bank, found, same).judge(findings);
    }
    for (String name : unread) {
      Link link = Link.unknown("pcr " + name, "to be judged", "not quoted");
      findings.add(BootFinding.of(Subject.PCR, "PCR_NOT_QUOTED", link));
    }
    return findings;
  }

  private static Optional<MeasuredBoot> read(
      AcceptedBoot accepted, PcrValues found, BootLogs logs, List<BootFinding> findings) {
    try {
      Optional<MeasuredBoot> boot = logs.measured();
      if (boot.isEmpty()
          && found.selection().banks().stream().anyMatch(accepted::expectsEventsOf)) {
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

  /** A log of another bank explains nothing, however well it replays there. */
  private static Optional<MeasuredBoot> inBank(
      AcceptedBoot accepted,
      Optional<MeasuredBoot> boot,
      PcrBank bank,
      List<BootFinding> findings) {
    Optional<MeasuredBoot> same = boot.filter(it -> it.has(LogHash.of(bank.hash())));
    if (boot.isPresent() && same.isEmpty() && accepted.expectsEventsOf(bank)) {
      String expected = "digests of " + bank.hash().text() + ", the bank of the PCRs";
      Link link = Link.unknown(LOG, expected, NONE);
      findings.add(BootFinding.of(Subject.LOG, bank.hash(), "BOOT_LOG_BANK", link));
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
