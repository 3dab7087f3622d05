// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.eventlog.LogRefusal.Code;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;

/**
 * From which locality TPM2_Startup came: it becomes the last byte of PCR 0 before anything is
 * extended (PC Client Platform Firmware Profile, 10.4.5.3).
 */
final class StartupLocality {
  /** What a PC's TPM can be started from: 0 and 3, and 4 when an H-CRTM measured before. */
  private static final Set<Integer> POSSIBLE = Set.of(0, 3, 4);

  private static final int AFTER_HCRTM = 4;
  private static final byte[] SIGNATURE = "StartupLocality\0".getBytes(StandardCharsets.US_ASCII);

  private StartupLocality() {}

  /**
   * What the events say of it; 0 when they say nothing.
   *
   * @throws LogRefusal when they say two things, or something that cannot be
   */
  static int of(List<MeasuredEvent> events) throws LogRefusal {
    Set<Integer> said = new HashSet<>();
    for (MeasuredEvent event : events) {
      said(event).ifPresent(said::add);
    }
    if (said.size() > 1) {
      throw new LogRefusal(Code.CONTRADICTION, "names two start-up localities: " + said);
    }
    int locality = said.isEmpty() ? 0 : said.iterator().next();
    if (!POSSIBLE.contains(locality)) {
      throw new LogRefusal(Code.CONTRADICTION, "no TPM starts up from locality " + locality);
    }
    return locality;
  }

  private static OptionalInt said(MeasuredEvent event) {
    if (event.pcr() != 0) {
      return OptionalInt.empty();
    }
    if (event.kind().is(EventType.HCRTM)) {
      return OptionalInt.of(AFTER_HCRTM);
    }
    byte[] data = event.data().toArray();
    boolean isOne =
        event.kind().is(EventType.NO_ACTION)
            && data.length == SIGNATURE.length + 1
            && Arrays.equals(data, 0, SIGNATURE.length, SIGNATURE, 0, SIGNATURE.length);
    return isOne ? OptionalInt.of(data[SIGNATURE.length] & 0xff) : OptionalInt.empty();
  }
}
