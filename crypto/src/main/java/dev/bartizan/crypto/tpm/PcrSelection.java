// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Some PCRs, in the order in which a TPM hashes their values (TPML_PCR_SELECTION).
 *
 * @param banks each hash algorithm once
 */
public record PcrSelection(List<PcrBank> banks) {
  private static final int MAX_BANKS = 16;

  public PcrSelection {
    banks = List.copyOf(banks);
    Set<TpmHash> seen = EnumSet.noneOf(TpmHash.class);
    if (banks.size() > MAX_BANKS || !banks.stream().allMatch(bank -> seen.add(bank.hash()))) {
      throw new IllegalArgumentException("a PCR bank is named twice");
    }
  }

  /** PCRs of one bank. */
  public static PcrSelection of(TpmHash hash, int... pcrs) {
    return new PcrSelection(List.of(PcrBank.of(hash, pcrs)));
  }

  /**
   * Parses the form of tpm2-tools and of our configuration: {@code sha256:0,2,7} or {@code
   * sha256:7+sha384:11}.
   *
   * @throws IllegalArgumentException when it is anything else; the message quotes no input
   */
  public static PcrSelection parse(String text) {
    List<PcrBank> banks = new ArrayList<>();
    for (String bank : text.split("\\+", -1)) {
      banks.add(PcrBank.parse(bank));
    }
    return new PcrSelection(banks);
  }

  /** Number of PCRs, over all banks. */
  public int size() {
    return banks.stream().mapToInt(PcrBank::size).sum();
  }

  /** {@link #parse} reads it back. */
  @Override
  public String toString() {
    return banks.stream().map(PcrBank::toString).collect(Collectors.joining("+"));
  }

  void write(TpmWriter out) {
    out.u32(banks.size());
    banks.forEach(bank -> bank.write(out));
  }

  static PcrSelection read(TpmReader in) throws TpmRefusal {
    int count = in.count(MAX_BANKS);
    List<PcrBank> banks = new ArrayList<>();
    Set<TpmHash> seen = EnumSet.noneOf(TpmHash.class);
    for (int i = 0; i < count; i++) {
      PcrBank bank = PcrBank.read(in);
      if (!seen.add(bank.hash())) {
        throw TpmRefusal.malformed("a PCR bank is named twice");
      }
      banks.add(bank);
    }
    return new PcrSelection(banks);
  }
}
