// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.attest;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.renewal.Attestation;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.trust.Silence;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.DoublingPause;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shows this device to its verifier without being asked: on a schedule, and when something changed
 * that the verifier should know. Runs in the loop; what waits for the server runs on the worker.
 */
public final class Reporting {
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** What changes together is reported once. */
  private static final Duration SETTLE = Duration.ofSeconds(5);

  private static final DoublingPause PAUSES =
      new DoublingPause(Duration.ofMinutes(1), Duration.ofMinutes(64));

  private static final double JITTER = 0.2;

  private final Attestation attestation;
  private final Supplier<?> state;
  private final Duration every;
  private final Worker worker;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Silence silence;

  private @Nullable BackgroundTask<Object> inHand;
  private @Nullable Object reported;
  private @Nullable Object seen;
  private volatile Instant next = Instant.MIN;
  private volatile Instant last = Instant.MIN;

  /**
   * @param state what a verifier should hear of when it is another: compared by {@code equals}
   * @param every how often to report when nothing changes
   * @param silence is told whether there was an answer
   */
  public Reporting(
      Attestation attestation,
      Supplier<?> state,
      Duration every,
      Worker worker,
      InstantSource clock,
      RandomGenerator random,
      Silence silence) {
    this.attestation = attestation;
    this.state = state;
    this.every = every;
    this.worker = worker;
    this.clock = clock;
    this.random = random;
    this.silence = silence;
  }

  /**
   * Begins a report when one is due, and takes up what came of it.
   *
   * @return until there may be more to do
   * @throws IOException when it cannot be kept whether there was an answer
   */
  public Duration turn() throws IOException, InterruptedException {
    Instant now = clock.instant();
    notice(now);
    BackgroundTask<Object> task = inHand;
    if (task != null) {
      if (task.isDone()) {
        inHand = null;
        takeUp(task, now);
      }
      return IDLE;
    }
    if (!now.isBefore(next)) {
      inHand = worker.submit(Part.UPLINK, "attestation", this::report);
    }
    return IDLE;
  }

  private Object report() throws IOException, Refusal {
    Object shown = state.get();
    attestation.attest();
    return shown;
  }

  /** A change is told soon; so is everything after a clock that was put back. */
  private void notice(Instant now) {
    Object present = state.get();
    boolean changed = !present.equals(seen) && !present.equals(reported);
    seen = present;
    boolean soon = changed && next.isAfter(now.plus(SETTLE));
    if (soon || next.isAfter(now.plus(every.multipliedBy(2)))) {
      next = now.plus(SETTLE);
    }
  }

  private void takeUp(BackgroundTask<Object> done, Instant now)
      throws IOException, InterruptedException {
    Optional<String> failure = failure(done);
    if (failure.isPresent()) {
      Duration pause = PAUSES.cap(silence.unanswered() + 1);
      next = now.plus(jittered(pause.compareTo(every) < 0 ? pause : every));
      silence.unanswered(failure.get());
    } else {
      last = now;
      next = now.plus(jittered(every));
      silence.answered();
    }
  }

  /** What went wrong with it; where nothing did, what was shown is what the verifier knows. */
  private Optional<String> failure(BackgroundTask<Object> done) throws InterruptedException {
    try {
      reported = done.get();
      return Optional.empty();
    } catch (Refusal refused) {
      return Optional.of(Explanation.of(refused));
    } catch (IOException notNow) {
      return Optional.of(Explanation.of(notNow));
    }
  }

  /** Devices that were switched on together do not report together for ever. */
  private Duration jittered(Duration pause) {
    double share = 1 + (random.nextDouble() - 0.5) * JITTER;
    return Duration.ofMillis((long) (pause.toMillis() * share));
  }

  /** Its part of {@code status}. */
  public void describe(ObjectNode status) {
    ObjectNode own = status.putObject("attestation").put("unanswered", silence.unanswered());
    if (last.isAfter(Instant.MIN)) {
      own.put("last", last.toString());
    }
    if (next.isAfter(Instant.MIN)) {
      own.put("next", next.toString());
    }
  }
}
