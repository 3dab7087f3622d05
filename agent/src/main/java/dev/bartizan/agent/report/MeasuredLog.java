// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.agent.report.MeasurementRefusal.Reason;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.evidence.AgentLog;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What was measured since the boot, in a PCR that nothing but a boot brings back to its start.
 *
 * <p>Bank and PCR are chosen once per boot and kept with the log. The log is kept before the PCR is
 * extended: a crash between the two leaves a PCR that holds what the log replays to, or what it
 * replays to without its last event, and either is recognised. A thing is measured once per boot,
 * however often it is used.
 *
 * <p>A log that explains neither is lost, and nobody can tell any more what was measured there:
 * that PCR stays extended and unexplained, hence unknown to whoever judges it, until the next boot.
 * Not for several threads, nor for several processes at once.
 */
public final class MeasuredLog {
  private final Registers registers;
  private final LogPlace place;
  private final boolean lost;
  private AgentLog log;
  private Optional<AgentLog> doubtful = Optional.empty();

  private MeasuredLog(Registers registers, LogPlace place, boolean lost, AgentLog log) {
    this.registers = registers;
    this.place = place;
    this.lost = lost;
    this.log = log;
  }

  /**
   * Goes on with the log of this boot, or begins it.
   *
   * @param bank in which to begin one
   * @param candidates which PCRs to choose from, the preferred first
   * @throws MeasurementRefusal NO_PCR_LEFT
   */
  public static MeasuredLog open(
      Registers registers, LogPlace place, TpmHash bank, List<Integer> candidates)
      throws IOException, Refusal {
    Optional<byte[]> kept = place.read();
    if (kept.isEmpty()) {
      return begin(registers, place, bank, candidates, false);
    }
    Optional<AgentLog> read = parse(kept.get());
    if (read.isEmpty()) {
      return begin(registers, place, bank, candidates, true);
    }
    AgentLog log = read.get();
    Bytes held = held(registers, log);
    for (AgentLog possible : List.of(log, log.withoutLast())) {
      if (!possible.events().isEmpty() && possible.replay().equals(held)) {
        return new MeasuredLog(registers, place, false, possible);
      }
    }
    // At its start value: the boot that this log is of is over, or nothing was measured yet.
    return begin(registers, place, bank, candidates, !held.equals(log.start()));
  }

  private static Optional<AgentLog> parse(byte[] kept) {
    try {
      return Optional.of(AgentLog.read(kept)).filter(log -> AgentLog.isSuitable(log.pcr()));
    } catch (Malformed damaged) {
      return Optional.empty();
    }
  }

  private static MeasuredLog begin(
      Registers registers, LogPlace place, TpmHash bank, List<Integer> candidates, boolean lost)
      throws IOException, Refusal {
    Set<Integer> bound = registers.bound();
    for (int pcr : candidates) {
      AgentLog log = AgentLog.empty(bank, pcr);
      if (!bound.contains(pcr) && held(registers, log).equals(log.start())) {
        place.write(log.write());
        return new MeasuredLog(registers, place, lost, log);
      }
    }
    throw new MeasurementRefusal(
        Reason.NO_PCR_LEFT,
        "none of PCR "
            + candidates
            + " is at its start value and free of the unwrap key: choose others with"
            + " keystore.agent_pcr, or boot");
  }

  /** What was measured, and where. */
  public AgentLog log() {
    return log;
  }

  /** Whether there was a log of this boot that explains nothing any more. */
  public boolean isLost() {
    return lost;
  }

  /**
   * Logs and extends, unless the same was measured since the boot.
   *
   * @throws IOException when it cannot be said that it was measured
   */
  public void measure(AgentEvent event) throws IOException, Refusal {
    settle();
    if (log.events().contains(event)) {
      return;
    }
    if (log.events().size() == AgentLog.MAX_EVENTS) {
      throw new MeasurementRefusal(Reason.LOG_FULL, AgentLog.MAX_EVENTS + " things were measured");
    }
    AgentLog longer = log.plus(event);
    doubtful = Optional.of(longer);
    place.write(longer.write());
    try {
      registers.extend(longer.bank(), longer.pcr(), event.measurement(longer.bank()));
    } catch (IOException unanswered) {
      settleAfter(unanswered);
      if (!log.equals(longer)) {
        throw unanswered;
      }
      return;
    }
    log = longer;
    doubtful = Optional.empty();
  }

  private void settleAfter(IOException unanswered) throws Refusal {
    try {
      settle();
    } catch (IOException stillUnanswered) {
      unanswered.addSuppressed(stillUnanswered); // Whoever measures next asks again.
    }
  }

  /** An extension whose answer was lost has happened or not; a log that guesses never replays. */
  private void settle() throws IOException, Refusal {
    if (doubtful.isEmpty()) {
      return;
    }
    Bytes held = held(registers, log);
    AgentLog longer = doubtful.get();
    if (held.equals(longer.replay())) {
      log = longer;
    } else if (!held.equals(log.replay())) {
      throw new MeasurementRefusal(
          Reason.LOG_LOST,
          "PCR " + log.pcr() + " holds what nobody here measured: unknown until the next boot");
    }
    doubtful = Optional.empty();
  }

  private static Bytes held(Registers registers, AgentLog log) throws IOException, Refusal {
    PcrSelection own = new PcrSelection(List.of(new PcrBank(log.bank(), 1 << log.pcr())));
    PcrValues now = registers.read(own);
    return now.find(log.bank(), log.pcr()).orElseThrow();
  }
}
