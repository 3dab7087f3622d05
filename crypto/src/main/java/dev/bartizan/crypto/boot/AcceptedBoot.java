// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * One boot that is good, whole: of two such boots no part of one goes with the rest of the other.
 * PCRs are named as {@code "sha256:7"}.
 *
 * @param values by PCR: every value that is good, in lower-case hexadecimal
 * @param events by PCR: what this boot measures, in order
 * @param secureBoot whether Secure Boot has to be on, or off; nothing when it does not matter
 * @param open PCRs whose value is left open by whoever signed this: a machine's own settings
 */
public record AcceptedBoot(
    Map<String, Set<String>> values,
    Map<String, List<ExpectedEvent>> events,
    Optional<Boolean> secureBoot,
    Set<Integer> open) {
  public AcceptedBoot {
    Map<String, Set<String>> copied = new HashMap<>();
    values.forEach((pcr, good) -> copied.put(pcr, Set.copyOf(good)));
    values = Map.copyOf(copied);
    Map<String, List<ExpectedEvent>> sequences = new HashMap<>();
    events.forEach((pcr, sequence) -> sequences.put(pcr, List.copyOf(sequence)));
    events = Map.copyOf(sequences);
    open = Set.copyOf(open);
  }

  /** Of which nothing is known. */
  static AcceptedBoot nothing() {
    return ofValues(Map.of());
  }

  /** Whole values alone. */
  static AcceptedBoot ofValues(Map<String, Set<String>> values) {
    return new AcceptedBoot(values, Map.of(), Optional.empty(), Set.of());
  }

  boolean covers(TpmHash bank, int pcr) {
    String name = ReferenceValues.name(bank, pcr);
    return values.containsKey(name) || events.containsKey(name);
  }

  boolean saysNothing() {
    return known().isEmpty() && secureBoot.isEmpty();
  }

  /** The PCRs that something is known of, by name. */
  Set<String> known() {
    Set<String> known = new TreeSet<>(values.keySet());
    known.addAll(events.keySet());
    return known;
  }

  Set<String> values(TpmHash bank, int pcr) {
    return values.getOrDefault(ReferenceValues.name(bank, pcr), Set.of());
  }

  Optional<List<ExpectedEvent>> events(TpmHash bank, int pcr) {
    return Optional.ofNullable(events.get(ReferenceValues.name(bank, pcr)));
  }

  /** Whether some PCR of this selection is known by its events: then a log is needed. */
  boolean expectsEventsOf(PcrBank bank) {
    return bank.pcrs().stream().anyMatch(pcr -> events(bank.hash(), pcr).isPresent());
  }

  AcceptedBoot leavingOpen(Set<Integer> pcrs) {
    Map<String, Set<String>> fewer = new TreeMap<>(values);
    Map<String, List<ExpectedEvent>> sequences = new TreeMap<>(events);
    Set<Integer> all = new TreeSet<>(open);
    for (int pcr : pcrs) {
      fewer.keySet().removeIf(name -> name.endsWith(":" + pcr));
      sequences.keySet().removeIf(name -> name.endsWith(":" + pcr));
      all.add(pcr);
    }
    return new AcceptedBoot(fewer, sequences, secureBoot, all);
  }
}
