package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.SecureBoot;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is acceptable of a boot on one kind of hardware (RFC 9334: reference values), signed as the
 * target {@code reference/PROFILE.json}. PCRs are named as {@code "sha256:7"}.
 *
 * @param profile the kind of hardware
 * @param accepted by PCR: every value that is good, in lower-case hexadecimal
 * @param events by PCR: what a good boot measures, in order, in one or more alternatives
 * @param secureBoot whether Secure Boot has to be on, or off; nothing when it does not matter
 */
public record ReferenceValues(
    String profile,
    Map<String, Set<String>> accepted,
    Map<String, List<List<ExpectedEvent>>> events,
    Optional<Boolean> secureBoot) {
  public static final String SCHEMA = "bartizan-reference/1";
  public static final int MAX_LENGTH = 1024 * 1024;

  public ReferenceValues {
    accepted = Map.copyOf(accepted);
    events = Map.copyOf(events);
  }

  /** Whole PCR values alone: for hardware whose boot leaves no log. */
  public ReferenceValues(String profile, Map<String, Set<String>> accepted) {
    this(profile, accepted, Map.of(), Optional.empty());
  }

  /** Accepts exactly what was found, and knows nothing of the events that led there. */
  public static ReferenceValues learn(String profile, PcrValues found) {
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (PcrBank bank : found.selection().banks()) {
      for (int pcr : bank.pcrs()) {
        found
            .find(bank.hash(), pcr)
            .ifPresent(value -> accepted.put(name(bank.hash(), pcr), Set.of(value.hex())));
      }
    }
    return new ReferenceValues(profile, accepted);
  }

  /**
   * Learned from a golden device: its values, and the events of every PCR whose log replays to
   * them. Whoever calls this has seen that the values are genuine.
   */
  public static ReferenceValues learn(String profile, PcrValues found, BootLogs logs)
      throws LogRefusal {
    ReferenceValues values = learn(profile, found);
    Optional<MeasuredBoot> boot = MeasuredBoot.read(logs);
    if (boot.isEmpty()) {
      return values;
    }
    Map<String, List<List<ExpectedEvent>>> events = new TreeMap<>();
    for (PcrBank bank : found.selection().banks()) {
      LogHash hash = LogHash.of(bank.hash());
      for (int pcr : bank.pcrs()) {
        Optional<Bytes> held = found.find(bank.hash(), pcr);
        if (boot.get().has(hash) && boot.get().value(hash, pcr).equals(held)) {
          events.put(name(bank.hash(), pcr), List.of(expected(boot.get(), hash, pcr)));
        }
      }
    }
    boolean hasPolicy = events.keySet().stream().anyMatch(it -> it.endsWith(":7"));
    SecureBoot state = hasPolicy ? boot.get().secureBoot() : SecureBoot.UNKNOWN;
    return new ReferenceValues(
        profile,
        values.accepted,
        events,
        state == SecureBoot.UNKNOWN ? Optional.empty() : Optional.of(state == SecureBoot.ON));
  }

  private static List<ExpectedEvent> expected(MeasuredBoot boot, LogHash bank, int pcr) {
    List<ExpectedEvent> expected = new ArrayList<>();
    for (MeasuredEvent event : boot.events(pcr)) {
      // What user space measures, it measures bit by bit while services are already running.
      boolean optional = boot.isOfUserspace(event);
      event
          .digest(bank)
          .ifPresent(it -> expected.add(new ExpectedEvent(it, event.description(), optional)));
    }
    return expected;
  }

  /** Accepts what either accepts: two kernels during a rollout, two revisions of a board. */
  public ReferenceValues or(ReferenceValues other) {
    Map<String, Set<String>> values = new TreeMap<>(accepted);
    other.accepted.forEach((pcr, more) -> values.merge(pcr, more, ReferenceValues::union));
    Map<String, List<List<ExpectedEvent>>> sequences = new TreeMap<>(events);
    other.events.forEach(
        (pcr, more) -> {
          List<List<ExpectedEvent>> all = new ArrayList<>(sequences.getOrDefault(pcr, List.of()));
          more.stream().filter(it -> !all.contains(it)).forEach(all::add);
          sequences.put(pcr, all);
        });
    boolean agree = secureBoot.equals(other.secureBoot);
    return new ReferenceValues(profile, values, sequences, agree ? secureBoot : Optional.empty());
  }

  private static Set<String> union(Set<String> some, Set<String> more) {
    Set<String> all = new TreeSet<>(some);
    all.addAll(more);
    return all;
  }

  /** The same without some PCRs, in every bank. */
  public ReferenceValues without(Set<Integer> pcrs) {
    Map<String, Set<String>> values = new TreeMap<>(accepted);
    Map<String, List<List<ExpectedEvent>>> sequences = new TreeMap<>(events);
    for (int pcr : pcrs) {
      values.keySet().removeIf(name -> name.endsWith(":" + pcr));
      sequences.keySet().removeIf(name -> name.endsWith(":" + pcr));
    }
    return new ReferenceValues(profile, values, sequences, secureBoot);
  }

  /** Whether something is known of this PCR. */
  public boolean covers(TpmHash bank, int pcr) {
    return accepted.containsKey(name(bank, pcr)) || events.containsKey(name(bank, pcr));
  }

  /** The PCRs that something is known of and that are not in {@code selection}, by name. */
  public Set<String> unreadOf(PcrSelection selection) {
    Set<String> unread = new TreeSet<>(accepted.keySet());
    unread.addAll(events.keySet());
    for (PcrBank bank : selection.banks()) {
      bank.pcrs().forEach(pcr -> unread.remove(name(bank.hash(), pcr)));
    }
    return unread;
  }

  /** Whether some PCR of this selection is known by its events: then a log is needed. */
  boolean expectsEventsOf(PcrBank bank) {
    return bank.pcrs().stream().anyMatch(pcr -> events.containsKey(name(bank.hash(), pcr)));
  }

  /** Judges every PCR that was found, of a boot that left no log. */
  public ChainVerdict judge(PcrValues found) {
    return judge(found, BootLogs.none());
  }

  /** Judges a boot, link by link: what has no reference is unknown. */
  public ChainVerdict judge(PcrValues found, BootLogs logs) {
    return new ChainVerdict(
        new BootJudge(this).judge(found, logs).stream().map(BootFinding::link).toList());
  }

  static String name(TpmHash bank, int pcr) {
    return bank.text() + ":" + pcr;
  }

  /** Reads a document whose bytes have been checked against signed metadata. */
  public static ReferenceValues parse(byte[] json) throws Malformed {
    return ReferenceDocument.parse(json);
  }

  /** Reads the members of such a document that say what is accepted. */
  public static ReferenceValues read(String profile, JsonFields members) throws Malformed {
    return ReferenceDocument.read(profile, members);
  }

  /** The document as it is published. */
  public byte[] toJson() {
    return ReferenceDocument.write(this);
  }
}
