// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.protocol.evidence.HealthClaims;
import dev.bartizan.protocol.evidence.Nonce;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The agent's own measurements: a log, and the PCR it replays to ({@link MeasuredLog}). Without
 * PCRs there is the log alone, which the claims then cover.
 */
public final class Measurements {
  private final EvidenceWriter writer;
  private final Optional<Registers> registers;
  private final LogPlace place;
  private final List<Integer> candidates;
  private @Nullable MeasuredLog measured;
  private AgentLog uncovered;

  /**
   * @param writer quotes the boot PCRs along with the agent's
   * @param place where the log is until the next boot
   * @param candidates the PCRs to choose from, the preferred first
   */
  public Measurements(
      DeviceKeystore keystore, EvidenceWriter writer, LogPlace place, List<Integer> candidates) {
    this.writer = writer;
    this.registers =
        keystore.protection().kind().attests()
            ? Optional.of(Registers.of(keystore))
            : Optional.empty();
    this.place = place;
    this.candidates = List.copyOf(candidates);
    this.uncovered = AgentLog.empty(candidates.get(0));
  }

  /**
   * Goes on with what was measured since the boot, or begins.
   *
   * @return what is wrong with it, if anything is
   */
  public synchronized Optional<String> begin() throws Refusal, IOException {
    return registers.isPresent() && log(registers.get()).isLost()
        ? Optional.of(
            "the log of what was measured since the boot is lost: its PCR stays unknown until the"
                + " next boot")
        : Optional.empty();
  }

  /**
   * Logs and extends, before the thing is used; once per boot.
   *
   * @return for {@link Measured#require}, without which nothing is used
   */
  public synchronized Measured measure(AgentEvent event) throws Refusal, IOException {
    if (registers.isPresent()) {
      log(registers.get()).measure(event);
    } else if (!uncovered.events().contains(event)) {
      uncovered = uncovered.plus(event);
    }
    return new Measured(event);
  }

  /** What was measured since the boot, and into which PCR. */
  public synchronized AgentLog log() throws Refusal, IOException {
    return registers.isPresent() ? log(registers.get()).log() : uncovered;
  }

  private MeasuredLog log(Registers chip) throws Refusal, IOException {
    MeasuredLog present = measured;
    if (present == null) {
      present = MeasuredLog.open(chip, place, writer.agentBank(), candidates);
      measured = present;
    }
    return present;
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
    return writer.write(nonce, health, log(), bootLogs, now);
  }
}
