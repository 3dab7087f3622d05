// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * PCRs and what they held.
 *
 * @param values in the order of the selection: bank by bank, ascending numbers
 */
public record PcrValues(PcrSelection selection, List<Bytes> values) {
  public PcrValues {
    values = List.copyOf(values);
    if (values.size() != selection.size()) {
      throw new IllegalArgumentException(
          values.size() + " values for " + selection.size() + " PCRs");
    }
    int next = 0;
    for (PcrBank bank : selection.banks()) {
      for (int pcr : bank.pcrs()) {
        if (values.get(next++).length() != bank.hash().size()) {
          throw new IllegalArgumentException("a value of the wrong length for PCR " + pcr);
        }
      }
    }
  }

  /** What one PCR held, if it was selected. */
  public Optional<Bytes> find(TpmHash bank, int pcr) {
    int next = 0;
    for (PcrBank selected : selection.banks()) {
      int index = selected.pcrs().indexOf(pcr);
      if (selected.hash() == bank && index >= 0) {
        return Optional.of(values.get(next + index));
      }
      next += selected.size();
    }
    return Optional.empty();
  }

  /** These, with {@code value} for one PCR, if it was selected. */
  public PcrValues with(TpmHash bank, int pcr, Bytes value) {
    List<Bytes> changed = new ArrayList<>();
    for (PcrBank selected : selection.banks()) {
      for (int one : selected.pcrs()) {
        boolean meant = selected.hash() == bank && one == pcr;
        changed.add(meant ? value : find(selected.hash(), one).orElseThrow());
      }
    }
    return new PcrValues(selection, changed);
  }

  /** The hash over all values in order: the {@code pcrDigest} of a quote or of PolicyPCR. */
  public Bytes digest(TpmHash hash) {
    return Bytes.of(hash.digest(values.stream().map(Bytes::toArray).toArray(byte[][]::new)));
  }

  /**
   * One line for people: which PCRs differ from {@code expected}, a value of the same selection.
   */
  public String differencesFrom(PcrValues expected) {
    List<String> differences = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      for (int pcr : bank.pcrs()) {
        Optional<Bytes> found = find(bank.hash(), pcr);
        Optional<Bytes> wanted = expected.find(bank.hash(), pcr);
        if (!found.equals(wanted)) {
          differences.add(
              bank.hash().text()
                  + ":"
                  + pcr
                  + " expected "
                  + text(wanted)
                  + ", found "
                  + text(found));
        }
      }
    }
    return String.join("; ", differences);
  }

  private static String text(Optional<Bytes> value) {
    return value.map(Bytes::hex).orElse("none");
  }
}
