// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which PCRs tell how a device booted, and whether anything was extended into one.
 *
 * <p>0 to 7 are the firmware's, 8 to 15 those of what it started. 10 is left out: the running
 * kernel (IMA) goes on extending it with each file that somebody opens.
 */
public final class BootPcrs {
  /** Which firmware measures into, all of them. */
  public static final List<Integer> FIRMWARE = IntStream.rangeClosed(0, 7).boxed().toList();

  /** All that have to be looked at. */
  public static final List<Integer> ALL =
      IntStream.rangeClosed(0, 15).filter(pcr -> pcr != 10).boxed().toList();

  private static final int LAST_LOCALITY = 4;

  private BootPcrs() {}

  /** Whether {@code value} is another than a PCR of {@link #ALL} has before its first event. */
  public static boolean isExtended(int pcr, Bytes value) {
    byte[] bytes = value.toArray();
    int last = bytes.length - 1;
    // The locality that the TPM was started from is the last byte of PCR 0.
    if (pcr == 0 && bytes[last] >= 0 && bytes[last] <= LAST_LOCALITY) {
      bytes[last] = 0;
    }
    for (byte one : bytes) {
      if (one != 0) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether firmware measures into this bank, as far as its PCRs are among {@code values}. A bank
   * that is only switched on can be brought to any value by whoever boots.
   */
  public static boolean isMeasured(TpmHash bank, PcrValues values) {
    return FIRMWARE.stream()
        .anyMatch(
            pcr -> values.find(bank, pcr).filter(value -> isExtended(pcr, value)).isPresent());
  }
}
