package dev.bartizan.agent.report;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.statement.AgentEvent;
import dev.bartizan.crypto.statement.AgentLog;
import dev.bartizan.crypto.statement.Evidence;
import dev.bartizan.crypto.statement.EvidenceWriter;
import dev.bartizan.crypto.statement.HealthClaims;
import dev.bartizan.crypto.statement.Nonce;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;
import java.time.Instant;
import java.util.List;

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

  /**
   * Logs and extends, before the thing is used.
   *
   * @return for {@link Measured#require}, without which nothing is used
   */
  public synchronized Measured measure(AgentEvent event) throws Refusal, IOException {
    AgentLog longer = log.plus(event);
    try {
      extend(event);
    } catch (IOException unanswered) {
      if (!isExtended(longer)) {
        throw unanswered;
      }
    }
    log = longer;
    return new Measured(event);
  }

  private void extend(AgentEvent event) throws Refusal, IOException {
    if (hasPcrs()) {
      keystore.measure(log.pcr(), event.measurement());
    }
  }

  /** Without PCRs there is the log alone, which the claims then cover. */
  private boolean hasPcrs() {
    return keystore.protection().kind().attests();
  }

  /** An extension whose answer was lost has happened or not; a log that guesses never replays. */
  private boolean isExtended(AgentLog longer) throws Refusal, IOException {
    PcrBank own = new PcrBank(TpmHash.SHA256, 1 << log.pcr());
    PcrValues now = keystore.readPcrs(new PcrSelection(List.of(own)));
    return now.find(TpmHash.SHA256, log.pcr()).filter(longer.replay().value()::equals).isPresent();
  }

  /** That something was measured. Only {@link #measure} makes one. */
  public static final class Measured {
    private final AgentEvent event;

    private Measured(AgentEvent event) {
      this.event = event;
    }

    /**
     * The last look before something is used.
     *
     * @throws IllegalStateException when it was something else that was measured
     */
    public void require(AgentEvent.Kind kind, Digest digest) {
      if (event.kind() != kind || !event.digest().equals(digest)) {
        throw new IllegalStateException(digest + " is used, and " + event.digest() + " measured");
      }
    }
  }

  /** Evidence for {@code nonce}: nothing is measured while it is made. */
  public synchronized Evidence evidence(
      Nonce nonce, HealthClaims health, BootLogs bootLogs, Instant now)
      throws Refusal, IOException {
    return writer.write(nonce, health, log, bootLogs, now);
  }
}
