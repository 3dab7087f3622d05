// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

/**
 * The TPM's own clock, as it signs it (TPMS_CLOCK_INFO).
 *
 * @param clockMillis powered time since the owner was last cleared; unsigned
 * @param resetCount cold starts since then; unsigned
 * @param restartCount resumes and suspends since the last cold start; unsigned
 * @param safe whether no power cut can have set {@code clockMillis} back
 */
public record ClockReading(long clockMillis, long resetCount, long restartCount, boolean safe) {
  static ClockReading read(TpmReader in) throws TpmRefusal {
    long clock = in.u64();
    long resets = Integer.toUnsignedLong(in.u32());
    long restarts = Integer.toUnsignedLong(in.u32());
    int safe = in.u8();
    if (safe > 1) {
      throw TpmRefusal.malformed("a truth value of " + safe);
    }
    return new ClockReading(clock, resets, restarts, safe == 1);
  }
}
