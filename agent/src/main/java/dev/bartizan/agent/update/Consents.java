// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether the local application lets a staged release take over. Kept in memory: after a restart it
 * is asked again, since what it was doing may have changed. For any thread.
 */
public final class Consents {
  /** No application may hold an update for longer without saying so again. */
  public static final Duration LONGEST_DELAY = Duration.ofHours(24);

  private final InstantSource clock;
  private @Nullable Question open;
  private @Nullable String granted;
  private Instant delayedUntil = Instant.MIN;

  /** What is asked: may this deployment be activated? */
  public record Question(String deployment, String model, String from, String to) {}

  public Consents(InstantSource clock) {
    this.clock = clock;
  }

  /** What waits for an answer. */
  public synchronized Optional<Question> open() {
    return Optional.ofNullable(open);
  }

  /**
   * The application says: now.
   *
   * @return whether that deployment was waiting for it
   */
  public synchronized boolean grant(String deployment) {
    if (open == null || !open.deployment().equals(deployment)) {
      return false;
    }
    granted = deployment;
    return true;
  }

  /**
   * The application says: not for a while.
   *
   * @return whether that deployment was waiting for an answer
   */
  public synchronized boolean delay(String deployment, Duration time) {
    if (open == null || !open.deployment().equals(deployment)) {
      return false;
    }
    Duration bounded = time.compareTo(LONGEST_DELAY) > 0 ? LONGEST_DELAY : time;
    delayedUntil = clock.instant().plus(bounded);
    granted = null;
    return true;
  }

  /**
   * Asks; the answer holds for this deployment only.
   *
   * @return whether the application has consented by now
   */
  synchronized boolean ask(Question question) {
    if (!question.equals(open)) {
      open = question;
      granted = null;
      delayedUntil = Instant.MIN;
    }
    return question.deployment().equals(granted) && !clock.instant().isBefore(delayedUntil);
  }

  /** Nothing is asked any more. */
  synchronized void close() {
    open = null;
    granted = null;
  }
}
