package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.boot.BootFinding.Subject;
import dev.bartizan.crypto.boot.BootJudge.Replayed;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.SecureBoot;
import dev.bartizan.crypto.eventlog.Separator;
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
final class BankJudge {
  /** A log that is wrong all over is told in this many words per PCR. */
  private static final int MAX_FAULTS = 8;

  private static final int POLICY_PCR = 7;
  private static final String MISMATCH = "PCR_MISMATCH";

  private final ReferenceValues reference;
  private final PcrBank bank;
  private final LogHash hash;
  private final Optional<MeasuredBoot> boot;
  private final PcrValues found;
  private final Map<Integer, Replayed> replayed = new TreeMap<>();
  private final List<BootFinding> findings = new ArrayList<>();

  /**
   * @param boot with digests of this bank; nothing when there is no such log
   */
  BankJudge(ReferenceValues reference, PcrBank bank, PcrValues found, Optional<MeasuredBoot> boot) {
    this.reference = reference;
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
    boot.ifPresent(this::judgeReplay);
    judgeSecureBoot();
    judgeSeparators();
    bank.pcrs().forEach(this::judgePcr);
    all.addAll(findings);
  }

  private void judgeReplay(MeasuredBoot log) {
    String subject = "event log " + bank.hash().text();
    Set<Integer> explained = pcrs(Replayed.SAME);
    Set<Integer> others = pcrs(Replayed.OTHER);
    String code = "BOOT_LOG_DOES_NOT_REPLAY";
    if (!others.isEmpty()) {
      int first = others.iterator().next();
      String value = log.value(hash, first).map(Bytes::hex).orElse("nothing");
      Link bad =
          Link.bad(
              subject,
              "one that replays to what PCR " + list(others) + " held: " + held(first).hex(),
              value);
      findings.add(BootFinding.of(Subject.LOG, code, bad));
    } else if (explained.isEmpty() && reference.expectsEventsOf(bank)) {
      Link none = Link.unknown(subject, "one that replays to some PCR", "none of them");
      findings.add(BootFinding.of(Subject.LOG, code, none));
    } else if (!explained.isEmpty()) {
      Link good = Link.good(subject, "replays to PCR " + list(explained));
      findings.add(BootFinding.of(Subject.LOG, code, good));
    }
  }

  private Set<Integer> pcrs(Replayed wanted) {
    return replayed.entrySet().stream()
        .filter(it -> it.getValue() == wanted)
        .map(Map.Entry::getKey)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private void judgeSecureBoot() {
    if (reference.secureBoot().isEmpty() || !replayed.containsKey(POLICY_PCR)) {
      return;
    }
    SecureBoot expected = reference.secureBoot().get() ? SecureBoot.ON : SecureBoot.OFF;
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
    findings.add(new BootFinding(Subject.SECURE_BOOT, POLICY_PCR, "SECURE_BOOT", link));
  }

  /** Judged where the profile's own boot has them, and the log explains the PCR. */
  private void judgeSeparators() {
    Set<Integer> expected = new TreeSet<>();
    List<String> wrong = new ArrayList<>();
    for (int pcr : pcrs(Replayed.SAME)) {
      List<List<ExpectedEvent>> alternatives = alternatives(pcr);
      if (!alternatives.isEmpty() && alternatives.stream().allMatch(this::hasSeparator)) {
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
      findings.add(BootFinding.of(Subject.SEPARATORS, "SEPARATORS", link));
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
    Set<String> accepted = accepted(pcr);
    if (!reference.covers(bank.hash(), pcr)) {
      String why = "no reference value in profile " + reference.profile();
      add(pcr, Link.unknown(name, why, value));
      return;
    }
    Optional<EventComparison> events =
        replayed.get(pcr) == Replayed.SAME && !alternatives(pcr).isEmpty()
            ? Optional.of(EventComparison.best(hash, alternatives(pcr), events(pcr)))
            : Optional.empty();
    if (accepted.contains(value) || events.filter(it -> it.faults() == 0).isPresent()) {
      add(pcr, Link.good(name, value));
    } else if (events.isEmpty() && replayed.get(pcr) == Replayed.UNTOLD && mayDiffer(pcr)) {
      add(pcr, Link.unknown(name, "a log of all that was extended", value));
    } else {
      add(pcr, Link.bad(name, expected(accepted), value));
    }
    events.ifPresent(it -> addEvents(pcr, name, it));
  }

  /** Whether a good boot can leave another value than those that are known as a whole. */
  private boolean mayDiffer(int pcr) {
    return accepted(pcr).isEmpty()
        || alternatives(pcr).stream().anyMatch(it -> it.stream().anyMatch(ExpectedEvent::optional));
  }

  private void addEvents(int pcr, String name, EventComparison events) {
    int faults = 0;
    int place = 0;
    for (EventComparison.Place at : events.places()) {
      Link link = link(name + " event " + place++, at, events.isGood(at));
      if (link.verdict() == Verdict.GOOD || ++faults <= MAX_FAULTS) {
        if (at.found().isPresent() || link.verdict() == Verdict.BAD) {
          findings.add(new BootFinding(Subject.EVENT, pcr, "UNEXPECTED_EVENT", link));
        }
      }
    }
    if (faults > MAX_FAULTS) {
      String more = (faults - MAX_FAULTS) + " more";
      Link link = Link.bad(name + " events", "those of the profile", more);
      findings.add(new BootFinding(Subject.EVENT, pcr, "UNEXPECTED_EVENT", link));
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

  private void add(int pcr, Link link) {
    findings.add(new BootFinding(Subject.PCR, pcr, MISMATCH, link));
  }

  private static String expected(Set<String> accepted) {
    return accepted.isEmpty()
        ? "the events of the profile"
        : String.join(" or ", new TreeSet<>(accepted));
  }

  private List<MeasuredEvent> events(int pcr) {
    return boot.map(it -> it.events(pcr)).orElse(List.of());
  }

  private Set<String> accepted(int pcr) {
    return reference.accepted().getOrDefault(ReferenceValues.name(bank.hash(), pcr), Set.of());
  }

  private List<List<ExpectedEvent>> alternatives(int pcr) {
    return reference.events().getOrDefault(ReferenceValues.name(bank.hash(), pcr), List.of());
  }

  private static String list(Set<Integer> pcrs) {
    return pcrs.stream().map(String::valueOf).collect(Collectors.joining(","));
  }
}
