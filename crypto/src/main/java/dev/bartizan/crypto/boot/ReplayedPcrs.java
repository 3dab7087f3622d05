// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.eventlog.LogHash;
import dev.bartizan.crypto.eventlog.LogRefusal;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.Optional;

/**
 * What PCRs hold after the logs of a boot. Says nothing about whether they did: whoever holds a
 * quote can tell, and nobody else.
 */
public final class ReplayedPcrs {
  private final Optional<MeasuredBoot> boot;

  private ReplayedPcrs(Optional<MeasuredBoot> boot) {
    this.boot = boot;
  }

  /** Of logs that cannot be read, or are not there, no value follows. */
  public static ReplayedPcrs of(BootLogs logs) {
    try {
      return new ReplayedPcrs(logs.measured());
    } catch (LogRefusal unreadable) {
      return new ReplayedPcrs(Optional.empty());
    }
  }

  /** The value of one PCR, if the logs tell it. */
  public Optional<Bytes> find(TpmHash bank, int pcr) {
    LogHash hash = LogHash.of(bank);
    return boot.filter(log -> log.has(hash)).flatMap(log -> log.value(hash, pcr));
  }
}
