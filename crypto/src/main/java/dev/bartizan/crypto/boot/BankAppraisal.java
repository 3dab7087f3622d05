// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.boot.BootJudge.Replayed;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.SecureBoot;
import dev.bartizan.crypto.eventlog.Separator;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Judges the PCRs of one bank. */
final class BankAppraisal {
  /** A log that is wrong all over is told in this many words per PCR. */
  private static final int MAX_FAULTS = 8;

  private static final int POLICY_PCR = 7;
  private static final String MISMATCH = "PCR_MISMATCH";

  private final String profile;
  private final AcceptedBoot accepted;
  private final PcrBank bank;
  private final LogHash hash;
  private final Optional<MeasuredBoot> boot;
  private final PcrValues found;
  private final Map<Integer, Replayed> replayed = new TreeMap<>();
  private final List<BootFinding> findings = new ArrayList<>();

  /**
   * @param boot with digests of this bank; nothing when there is no such log
   */
  BankAppraisal(
      String profile,
      AcceptedBoot accepted,
      PcrBank bank,
      PcrValues found,
      Optional<MeasuredBoot> boot) {
    this.profile = profile;
    this.accepted = accepted;
    this.bank = bank;
    this.hash = LogHash.of(bank.hash());
    this.boot = boot;
    this.found = found;
    for (int pcr : bank.pcrs()) {
      replayed.put(pcr, Replayed.of(boot, hash, pcr, held(pcr)));
    }
  }

  private Bytes held(int pcr) {
    return found.find(bank.hash(), pcr).orElseThrow();
  }

  void judge(List<BootFinding> all) {
    judgeBank();
    boot.ifPresent(this::judgeReplay);
    judgeSecureBoot();
    judgeSeparators();
    bank.pcrs().forEach(this::judgePcr);
    judgeUnread();
    all.addAll(findings);
  }

  /** One that firmware does not measure into holds whatever the one who booted wants it to. */
  private void judgeBank() {
    if (BootPcrs.FIRMWARE.stream().anyMatch(replayed::containsKey)
        && !BootPcrs.isMeasured(bank.hash(), found)) {
      String rule = "one that firmware measures into";
      Link link = Link.bad("bank " + bank.hash().text(), rule, "PCR 0 to 7 as at power-on");
      add(Subject.BANK, BootFinding.NO_PCR, "BANK_NOT_EXTENDED", link);
    }
  }

  /** What nobody looked at may have been extended by another boot. */
  private void judgeUnread() {
    Set<Integer> unread = new TreeSet<>(BootPcrs.ALL);
    unread.removeAll(accepted.open());
    unread.removeIf(
        pcr -> replayed.containsKey(pcr) || accepted.covers(bank.hash(), pcr)); // Said elsewhere.
    if (!unread.isEmpty()) {
      String name = "pcr " + bank.hash().text() + ":" + list(unread);
      Link link = Link.unknown(name, "to be judged", "not quoted");
      add(Subject.PCR, BootFinding.NO_PCR, "PCR_NOT_QUOTED", link);
    }
  }

  private void judgeReplay(MeasuredBoot log) {
    String subject = "event log " + bank.hash().text();
    Set<Integer> explained = pcrs(Replayed.SAME);
    Set<Integer> others = pcrs(Replayed.OTHER);
    Set<Integer> untold = pcrs(Replayed.UNTOLD);
    untold.removeIf(pcr -> accepted.events(bank.hash(), pcr).isEmpty());
    String code = "BOOT_LOG_DOES_NOT_REPLAY";
    if (!others.isEmpty()) {
      int first = others.iterator().next();
      String value = log.value(hash, first).map(Bytes::hex).orElse("nothing");
      Link bad =
          Link.bad(
              subject,
              "one that replays to what PCR " + list(others) + " held: " + held(first).hex(),
              value);
      add(Subject.LOG, BootFinding.NO_PCR, code, bad);
    } else if (!untold.isEmpty()) {
      String rule = "one that replays to PCR " + list(untold);
      Link none = Link.unknown(subject, rule, "another value, or a part of it");
      add(Subject.LOG, BootFinding.NO_PCR, code, none);
    } else if (!explained.isEmpty()) {
      Link good = Link.good(subject, "replays to PCR " + list(explained));
      add(Subject.LOG, BootFinding.NO_PCR, code, good);
    }
  }

  private Set<Integer> pcrs(Replayed wanted) {
    return replayed.entrySet().stream()
        .filter(it -> it.getValue() == wanted)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void judgeSecureBoot() {
    if (accepted.secureBoot().isEmpty()) {
      return;
    }
    SecureBoot expected = accepted.secureBoot().get() ? SecureBoot.ON : SecureBoot.OFF;
    SecureBoot found =
        boot.filter(it -> replayed.get(POLICY_PCR) == Replayed.SAME)
            .map(MeasuredBoot::secureBoot)
            .orElse(SecureBoot.UNKNOWN);
    Link link =
        found == SecureBoot.UNKNOWN
            ? Link.unknown("secure boot", expected.text(), found.text())
            : new Link(
                "secure boot",
                found == expected ? Verdict.GOOD : Verdict.BAD,
                expected.text(),
                found.text());
    add(Subject.SECURE_BOOT, POLICY_PCR, "SECURE_BOOT", link);
  }

  /** Judged where the profile's own boot has them, and the log explains the PCR. */
  private void judgeSeparators() {
    Set<Integer> expected = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (int pcr : pcrs(Replayed.SAME)) {
      if (accepted.events(bank.hash(), pcr).filter(this::hasSeparator).isPresent()) {
        expected.add(pcr);
        List<Separator> found = separators(pcr);
        if (!found.equals(List.of(Separator.NORMAL))) {
          wrong.add("PCR " + pcr + ": " + describe(found));
        }
      }
    }
    if (!expected.isEmpty()) {
      String rule = "one in each of PCR " + list(expected);
      Link link =
          wrong.isEmpty()
              ? Link.good("separators", rule)
              : Link.bad("separators", rule, String.join(", ", wrong));
      add(Subject.SEPARATORS, BootFinding.NO_PCR, "SEPARATORS", link);
    }
  }

  private boolean hasSeparator(List<ExpectedEvent> events) {
    return events.stream()
        .anyMatch(it -> Separator.find(hash, it.digest()).equals(Optional.of(Separator.NORMAL)));
  }

  private List<Separator> separators(int pcr) {
    return events(pcr).stream()
        .flatMap(event -> event.digest(hash).flatMap(it -> Separator.find(hash, it)).stream())
        .toList();
  }

  private static String describe(List<Separator> found) {
    if (found.isEmpty()) {
      return "none";
    }
    return found.contains(Separator.ERROR)
        ? "firmware reports an error"
        : found.size() + " of them";
  }

  private void judgePcr(int pcr) {
    String name = "pcr " + ReferenceValues.name(bank.hash(), pcr);
    String value = held(pcr).hex();
    if (!accepted.covers(bank.hash(), pcr)) {
      judgeUncovered(pcr, name);
      return;
    }
    Set<String> values = accepted.values(bank.hash(), pcr);
    Optional<EventComparison> events =
        accepted
            .events(bank.hash(), pcr)
            .filter(it -> replayed.get(pcr) == Replayed.SAME)
            .map(it -> EventComparison.of(hash, it, events(pcr)));
    if (values.contains(value) || events.filter(it -> it.faults() == 0).isPresent()) {
      add(Subject.PCR, pcr, MISMATCH, Link.good(name, value));
    } else if (events.isEmpty() && mayDiffer(pcr)) {
      Link link = Link.unknown(name, "a log of all that was extended", value);
      add(Subject.PCR, pcr, MISMATCH, link);
    } else {
      add(Subject.PCR, pcr, MISMATCH, Link.bad(name, expected(values), value));
    }
    events.ifPresent(it -> addEvents(pcr, name, it));
  }

  /** An accepted boot leaves alone what nothing is known of, unless its signer has left it open. */
  private void judgeUncovered(int pcr, String name) {
    if (BootPcrs.ALL.contains(pcr)
        && !accepted.open().contains(pcr)
        && BootPcrs.isExtended(pcr, held(pcr))) {
      String why = "no reference value in profile " + profile;
      add(Subject.PCR, pcr, "PCR_NOT_JUDGED", Link.unknown(name, why, held(pcr).hex()));
    }
  }

  /**
   * Whether this boot can have left another value than is known, for what user space measures bit
   * by bit. Only the firmware's log tells that it is that: one that is missing excuses nothing.
   */
  private boolean mayDiffer(int pcr) {
    return boot.isPresent()
        && replayed.get(pcr) == Replayed.UNTOLD
        && accepted
            .events(bank.hash(), pcr)
            .filter(it -> it.stream().anyMatch(ExpectedEvent::optional))
            .isPresent();
  }

  private void addEvents(int pcr, String name, EventComparison events) {
    int faults = 0;
    int place = 0;
    for (EventComparison.Place at : events.places()) {
      Link link = link(name + " event " + place++, at, events.isGood(at));
      if (link.verdict() == Verdict.GOOD || ++faults <= MAX_FAULTS) {
        if (at.found().isPresent() || link.verdict() == Verdict.BAD) {
          add(Subject.EVENT, pcr, "UNEXPECTED_EVENT", link);
        }
      }
    }
    if (faults > MAX_FAULTS) {
      String more = (faults - MAX_FAULTS) + " more";
      Link link = Link.bad(name + " events", "those of the profile", more);
      add(Subject.EVENT, pcr, "UNEXPECTED_EVENT", link);
    }
  }

  private Link link(String name, EventComparison.Place at, boolean good) {
    String expected =
        at.expected().map(it -> it.digest().hex() + " " + it.meaning()).orElse("no such event");
    if (good) {
      // Its meaning is the signed one, whatever the log calls it.
      ExpectedEvent known = at.expected().orElseThrow();
      return Link.good(name + ": " + known.meaning(), known.digest().hex());
    }
    String found =
        at.found()
            .map(it -> digest(it) + ", which the log calls " + it.description())
            .orElse("no such event");
    return Link.bad(name, expected, found);
  }

  private String digest(MeasuredEvent event) {
    return event.digest(hash).map(Bytes::hex).orElse("no digest");
  }

  private void add(Subject subject, int pcr, String code, Link link) {
    findings.add(new BootFinding(subject, Optional.of(bank.hash()), pcr, code, link));
  }

  private static String expected(Set<String> accepted) {
    return accepted.isEmpty()
        ? "the events of the profile"
        : String.join(" or ", new TreeSet<>(accepted));
  }

  private List<MeasuredEvent> events(int pcr) {
    return boot.map(it -> it.events(pcr)).orElse(List.of());
  }

  private static String list(Set<Integer> pcrs) {
    return pcrs.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
