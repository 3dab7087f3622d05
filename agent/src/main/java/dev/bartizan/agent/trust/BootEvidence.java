// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.config.LogFiles;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.protocol.evidence.AgentLog;
import java.io.IOException;
import java.util.Optional;

/** What the boot has left: PCRs, and the logs that explain them. */
public final class BootEvidence {
  private final DeviceKeystore keystore;
  private final PcrSelection bootPcrs;
  private final LogFiles logs;
  private final OwnLog measured;

  /** The log of what the agent has measured since the boot, for whoever only looks. */
  @FunctionalInterface
  public interface OwnLog {
    /** Nothing when there is none, or none that can be read. */
    Optional<AgentLog> look() throws IOException;
  }

  /**
   * @param bootPcrs the PCRs that make up the boot chain
   * @param logs what explains them, where there is any
   * @param measured where the log of the agent's own measurements is
   */
  public BootEvidence(
      DeviceKeystore keystore, PcrSelection bootPcrs, LogFiles logs, OwnLog measured) {
    this.keystore = keystore;
    this.bootPcrs = bootPcrs;
    this.logs = logs;
    this.measured = measured;
  }

  /** Reads all of it now, and compares. */
  ChainVerdict judge(ReferenceValues reference) throws Refusal, IOException {
    BootLogs before = logs.read();
    PcrValues found = asTheBootLeftThem();
    BootLogs after = logs.read();
    // What was measured in between is in one of the two: read the PCRs again, for the later one.
    return before.equals(after)
        ? reference.judge(found, before)
        : reference.judge(asTheBootLeftThem(), after);
  }

  /** The agent's own PCR was at its start value, if the agent's log explains all that is in it. */
  private PcrValues asTheBootLeftThem() throws Refusal, IOException {
    PcrValues found = keystore.readPcrs(bootPcrs);
    Optional<AgentLog> own = measured.look().filter(log -> AgentLog.isSuitable(log.pcr()));
    if (own.isEmpty()) {
      return found;
    }
    AgentLog log = own.get();
    Optional<Bytes> held = found.find(log.bank(), log.pcr());
    // A log is a step ahead of its PCR while something is being measured.
    return held.equals(Optional.of(log.replay()))
            || held.equals(Optional.of(log.withoutLast().replay()))
        ? found.with(log.bank(), log.pcr(), log.start())
        : found;
  }
}
