// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.eventlog;

import dev.bartizan.crypto.Bytes;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What PCRs hold after the events of a log, bank by bank. A bank whose algorithm we cannot compute
 * is missing, and so is a PCR of which some event has no digest for the bank.
 *
 * @param banks by algorithm: PCRs that were extended, and their values
 */
public record Replay(Map<LogHash, Map<Integer, Bytes>> banks) {
  private static final int FIRST_DYNAMIC = 17;
  private static final int LAST_DYNAMIC = 22;

  static Replay of(EventLog log) {
    Map<LogHash, Map<Integer, Bytes>> banks = new LinkedHashMap<>();
    for (LogHash bank : log.banks()) {
      if (bank.isComputable()) {
        banks.put(bank, of(log, bank));
      }
    }
    return new Replay(banks);
  }

  /** What one PCR holds; nothing when the log does not tell. */
  public Optional<Bytes> find(LogHash bank, int pcr) {
    return Optional.ofNullable(banks.getOrDefault(bank, Map.of()).get(pcr));
  }

  /** What a PCR holds before its first event. */
  public static Bytes start(LogHash bank, int pcr, int startupLocality) {
    byte[] value = new byte[bank.size()];
    if (pcr == 0) {
      value[value.length - 1] = (byte) startupLocality;
    }
    if (pcr >= FIRST_DYNAMIC && pcr <= LAST_DYNAMIC) {
      Arrays.fill(value, (byte) 0xff); // Until a dynamic launch resets them.
    }
    return Bytes.of(value);
  }

  private static Map<Integer, Bytes> of(EventLog log, LogHash bank) {
    MessageDigest hash = bank.messageDigest();
    Map<Integer, byte[]> values = new TreeMap<>();
    boolean[] incomplete = new boolean[EventLog.LAST_PCR + 1];
    for (MeasuredEvent event : log.events()) {
      if (event.extendsPcr()) {
        int pcr = event.pcr();
        byte[] before =
            values.computeIfAbsent(pcr, it -> start(bank, it, log.startupLocality()).toArray());
        Optional<Bytes> digest = event.digest(bank);
        if (digest.isPresent()) {
          hash.update(before);
          hash.update(digest.get().asBuffer());
          values.put(pcr, hash.digest());
        } else {
          incomplete[pcr] = true;
        }
      }
    }
    values.keySet().removeIf(pcr -> incomplete[pcr]);
    Map<Integer, Bytes> result = new TreeMap<>();
    values.forEach((pcr, value) -> result.put(pcr, Bytes.of(value)));
    return result;
  }
}
