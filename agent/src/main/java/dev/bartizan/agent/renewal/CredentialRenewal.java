// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The task that sees to it that the identity certificate does not run out. Runs in the loop; what
 * waits for servers runs on the worker.
 */
public final class CredentialRenewal {
  private static final Logger LOG = LoggerFactory.getLogger(CredentialRenewal.class);
  private static final Duration IDLE = Duration.ofSeconds(10);

  /** An attempt; made when it is needed, since TLS takes a while to load. */
  @FunctionalInterface
  public interface Attempts {
    RenewalAttempt next() throws IOException, Refusal;
  }

  private final CredentialStore store;
  private final Attempts attempts;
  private final Worker worker;
  private final RenewalTiming timing;
  private final InstantSource clock;
  private final Runnable renewed;

  private @Nullable BackgroundTask<RenewalAttempt.Outcome> inHand;
  private @Nullable X509Certificate current;
  private int failures;
  private volatile Instant next = Instant.MAX;
  private volatile String lastError = "";

  /**
   * @param renewed called when there are new credentials, and they are stored
   */
  public CredentialRenewal(
      CredentialStore store,
      Attempts attempts,
      Worker worker,
      RenewalTiming timing,
      InstantSource clock,
      Runnable renewed) {
    this.store = store;
    this.attempts = attempts;
    this.worker = worker;
    this.timing = timing;
    this.clock = clock;
    this.renewed = renewed;
  }

  /**
   * Begins an attempt when one is due, and takes up what came of it.
   *
   * @return until there may be more to do
   */
  public Duration turn() throws InterruptedException {
    Instant now = clock.instant();
    X509Certificate identity = store.identityChain().get(0);
    plan(identity, now);
    if (inHand != null) {
      if (!inHand.isDone()) {
        return IDLE;
      }
      takeUp(inHand, identity, now);
      inHand = null;
    } else if (!now.isBefore(next)) {
      inHand = worker.submit(Part.UPLINK, "credential renewal", () -> attempt(now));
      return IDLE;
    }
    Duration left = Duration.between(now, next);
    return left.compareTo(IDLE) < 0 && !left.isNegative() ? left : IDLE;
  }

  private RenewalAttempt.Outcome attempt(Instant now) throws IOException, Refusal {
    return attempts.next().run(store.current(), now);
  }

  /** Anew for each certificate, and when the clock was put back: no pause is longer than a life. */
  private void plan(X509Certificate identity, Instant now) {
    boolean unheardOf = next.isAfter(now.plus(RenewalTiming.life(identity)));
    if (!identity.equals(current) || unheardOf) {
      current = identity;
      failures = 0;
      next = timing.due(identity, now);
    }
  }

  private void takeUp(
      BackgroundTask<RenewalAttempt.Outcome> done, X509Certificate identity, Instant now)
      throws InterruptedException {
    Duration life = RenewalTiming.life(identity);
    try {
      RenewalAttempt.Outcome outcome = done.get();
      if (outcome.credentials().isPresent()) {
        use(outcome.credentials().get(), now);
        return;
      }
      Duration least = timing.pause(life, 1);
      next = now.plus(outcome.later().compareTo(least) > 0 ? outcome.later() : least);
    } catch (Refusal refused) {
      failed(Explanation.of(refused), life, now);
    } catch (IOException notNow) {
      failed(Explanation.of(notNow), life, now);
    }
  }

  private void use(Credentials credentials, Instant now) throws IOException, Refusal {
    store.replace(credentials);
    lastError = "";
    plan(store.identityChain().get(0), now);
    LOG.info("new identity certificate; the next is due {}", next);
    renewed.run();
  }

  private void failed(String why, Duration life, Instant now) {
    failures++;
    lastError = why;
    next = now.plus(timing.pause(life, failures));
    LOG.warn("no new identity certificate: {}; next attempt {}", why, next);
  }

  /** Adds what it knows to {@code credentials} of {@code status}. */
  public void describe(ObjectNode credentials) {
    if (next.isBefore(Instant.MAX)) {
      credentials.put("next_renewal", next.toString());
    }
    if (!lastError.isEmpty()) {
      credentials.put("last_error", lastError);
    }
  }
}
