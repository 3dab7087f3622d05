// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Some PCRs of one bank (TPMS_PCR_SELECTION).
 *
 * @param hash the algorithm of the bank
 * @param mask bit n stands for PCR n, 0 to 23
 */
public record PcrBank(TpmHash hash, int mask) {
  /** A PC Client TPM has this many, in this many bytes of bitmap. */
  public static final int PCRS = 24;

  /** How the number of a PCR is written, in one way only: a regular expression. */
  public static final String NUMBER = "(?:\\d|1\\d|2[0-3])";

  private static final int BITMAP_BYTES = 3;

  public PcrBank {
    if (mask >>> PCRS != 0) {
      throw new IllegalArgumentException("there are PCRs 0 to 23");
    }
  }

  static PcrBank of(TpmHash hash, int... pcrs) {
    int mask = 0;
    for (int pcr : pcrs) {
      if (pcr < 0 || pcr >= PCRS) {
        throw new IllegalArgumentException("there is no PCR " + pcr);
      }
      mask |= 1 << pcr;
    }
    return new PcrBank(hash, mask);
  }

  /**
   * The PCRs of these names, as JSON has them.
   *
   * @throws IllegalArgumentException when one is no {@link #NUMBER}
   */
  public static PcrBank ofNumbers(TpmHash hash, Collection<String> numbers) {
    int mask = 0;
    for (String pcr : numbers) {
      if (!pcr.matches(NUMBER)) {
        throw new IllegalArgumentException("there is no PCR " + pcr);
      }
      mask |= 1 << Integer.parseInt(pcr);
    }
    return new PcrBank(hash, mask);
  }

  static PcrBank parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0 || !text.substring(colon + 1).matches("\\d{1,2}(,\\d{1,2}){0,23}")) {
      throw new IllegalArgumentException("PCRs are written as in sha256:0,2,7");
    }
    TpmHash hash =
        TpmHash.find(text.substring(0, colon))
            .orElseThrow(() -> new IllegalArgumentException("no such PCR bank"));
    return of(
        hash,
        List.of(text.substring(colon + 1).split(",", -1)).stream()
            .mapToInt(Integer::parseInt)
            .toArray());
  }

  /** The PCR numbers, ascending. */
  public List<Integer> pcrs() {
    return IntStream.range(0, PCRS).filter(pcr -> (mask & 1 << pcr) != 0).boxed().toList();
  }

  int size() {
    return Integer.bitCount(mask);
  }

  @Override
  public String toString() {
    return hash.text()
        + ":"
        + pcrs().stream().map(String::valueOf).collect(Collectors.joining(","));
  }

  void write(TpmWriter out) {
    out.u16(hash.id()).u8(BITMAP_BYTES).u8(mask).u8(mask >>> 8).u8(mask >>> 16);
  }

  static PcrBank read(TpmReader in) throws TpmRefusal {
    TpmHash hash = TpmHash.of(in.u16());
    if (in.u8() != BITMAP_BYTES) {
      throw TpmRefusal.malformed("a PCR bitmap of another size than three bytes");
    }
    return new PcrBank(hash, in.u8() | in.u8() << 8 | in.u8() << 16);
  }
}
