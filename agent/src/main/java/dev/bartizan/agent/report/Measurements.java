package dev.bartizan.agent.report;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.statement.AgentEvent;
import dev.bartizan.crypto.statement.AgentLog;
import dev.bartizan.crypto.statement.Evidence;
import dev.bartizan.crypto.statement.EvidenceWriter;
import dev.bartizan.crypto.statement.HealthClaims;
import dev.bartizan.crypto.statement.Nonce;
import java.io.IOException;
import java.time.Instant;

/**
 * The agent's own measurements: a log, and the PCR it replays to.
 *
 * <p>The PCR is one that may be reset (23, the application's): each start of the agent resets it
 * and begins a new log, so that log and PCR cannot drift apart over crashes. Who could reset it
 * behind the agent's back could as well have extended it.
 */
public final class Measurements {
  private final DeviceKeystore keystore;
  private final EvidenceWriter writer;
  private AgentLog log;

  /**
   * @param writer quotes the boot PCRs along with the agent's
   * @param pcr the agent's own, resettable from its locality
   */
  public Measurements(DeviceKeystore keystore, EvidenceWriter writer, int pcr) {
    this.keystore = keystore;
    this.writer = writer;
    this.log = AgentLog.empty(pcr);
  }

  /** Begins: an empty log, and the PCR in its zero state. */
  public synchronized void begin() throws Refusal, IOException {
    if (hasPcrs()) {
      keystore.reset(log.pcr());
    }
  }

  /** Logs and extends, before the thing is used. */
  public synchronized void measure(AgentEvent event) throws Refusal, IOException {
    log = log.plus(event);
    if (hasPcrs()) {
      keystore.measure(log.pcr(), event.measurement());
    }
  }

  /** Without PCRs there is the log alone, which the claims then cover. */
  private boolean hasPcrs() {
    return keystore.protection().kind().attests();
  }

  /** Evidence for {@code nonce}: nothing is measured while it is made. */
  public synchronized Evidence evidence(
      Nonce nonce, HealthClaims health, BootLogs bootLogs, Instant now)
      throws Refusal, IOException {
    return writer.write(nonce, health, log, bootLogs, now);
  }
}
