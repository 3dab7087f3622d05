// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.eventlog.MeasuredEvent;
import dev.bartizan.crypto.eventlog.SecureBoot;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What is acceptable of a boot on one kind of hardware (RFC 9334: reference values), signed as the
 * target {@code reference/PROFILE.json}.
 *
 * @param profile the kind of hardware
 * @param boots each of them good, as a whole
 * @param settings of the running machine: which values of each are acceptable; of others nothing is
 *     demanded
 */
public record ReferenceValues(
    String profile, List<AcceptedBoot> boots, Map<String, Set<String>> settings) {
  public static final String SCHEMA = "bartizan-reference/2";
  public static final int MAX_LENGTH = 1024 * 1024;

  public ReferenceValues {
    boots = List.copyOf(boots);
    settings = Collections.unmodifiableMap(new TreeMap<>(settings));
  }

  /** Of boots alone. */
  public ReferenceValues(String profile, List<AcceptedBoot> boots) {
    this(profile, boots, Map.of());
  }

  /** The same, demanding these settings and no others. */
  public ReferenceValues demanding(Map<String, Set<String>> values) {
    return new ReferenceValues(profile, boots, values);
  }

  /** Of which nothing is known. */
  public static ReferenceValues none(String profile) {
    return new ReferenceValues(profile, List.of());
  }

  /** Whole PCR values alone, by name: for hardware whose boot leaves no log. */
  public static ReferenceValues ofValues(String profile, Map<String, Set<String>> values) {
    return new ReferenceValues(profile, List.of(AcceptedBoot.ofValues(values)));
  }

  /** Accepts exactly what was found, and knows nothing of the events that led there. */
  public static ReferenceValues learn(String profile, PcrValues found) {
    return ofValues(profile, extended(found));
  }

  /**
   * Every PCR that the boot extended; what it left alone is known by that nothing is said of it.
   */
  private static Map<String, Set<String>> extended(PcrValues found) {
    Map<String, Set<String>> values = new TreeMap<>();
    for (PcrBank bank : found.selection().banks()) {
      for (int pcr : bank.pcrs()) {
        Bytes value = found.find(bank.hash(), pcr).orElseThrow();
        if (BootPcrs.ALL.contains(pcr) && BootPcrs.isExtended(pcr, value)) {
          values.put(name(bank.hash(), pcr), Set.of(value.hex()));
        }
      }
    }
    return values;
  }

  /**
   * Learned from a golden device: every PCR its boot extended, with the events of each whose log
   * replays to it. Whoever calls this has seen that the values are genuine.
   */
  public static ReferenceValues learn(String profile, PcrValues found, BootLogs logs)
      throws LogRefusal {
    Optional<MeasuredBoot> boot = logs.measured();
    if (boot.isEmpty()) {
      return learn(profile, found);
    }
    Map<String, Set<String>> values = extended(found);
    Map<String, List<ExpectedEvent>> events = new TreeMap<>();
    for (PcrBank bank : found.selection().banks()) {
      LogHash hash = LogHash.of(bank.hash());
      for (int pcr : bank.pcrs()) {
        Optional<Bytes> held = found.find(bank.hash(), pcr);
        boolean learned = values.containsKey(name(bank.hash(), pcr));
        if (learned && boot.get().has(hash) && boot.get().value(hash, pcr).equals(held)) {
          events.put(name(bank.hash(), pcr), expected(boot.get(), hash, pcr));
        }
      }
    }
    boolean hasPolicy = events.keySet().stream().anyMatch(it -> it.endsWith(":7"));
    SecureBoot state = hasPolicy ? boot.get().secureBoot() : SecureBoot.UNKNOWN;
    Optional<Boolean> secure =
        state == SecureBoot.UNKNOWN ? Optional.empty() : Optional.of(state == SecureBoot.ON);
    return new ReferenceValues(
        profile, List.of(new AcceptedBoot(values, events, secure, Set.of())));
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

  /**
   * Accepts what either accepts, boot by boot: two kernels during a rollout, two board revisions.
   * Of settings the other's word counts, where it says anything of them.
   */
  public ReferenceValues or(ReferenceValues other) {
    List<AcceptedBoot> all = new ArrayList<>(boots);
    other.boots.stream().filter(it -> !all.contains(it)).forEach(all::add);
    return new ReferenceValues(profile, all, other.settings.isEmpty() ? settings : other.settings);
  }

  /** The same, saying nothing of some PCRs, in every bank: each may hold anything. */
  public ReferenceValues leavingOpen(Set<Integer> pcrs) {
    return new ReferenceValues(
        profile, boots.stream().map(boot -> boot.leavingOpen(pcrs)).toList(), settings);
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
