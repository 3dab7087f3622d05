// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.updater.fetch.DoublingPause;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.random.RandomGenerator;

/** When to renew. Everything is in proportion to a certificate's life, a minute or a quarter. */
public final class RenewalTiming {
  private static final double DUE = 2.0 / 3;

  /** Devices that were enrolled in one hour do not all come in one second. */
  private static final double JITTER = 0.1;

  private static final Duration FIRST_PAUSE = Duration.ofSeconds(30);
  private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
  private static final int FIRST_SHARE = 60;
  private static final int LONGEST_SHARE = 20;

  private final RandomGenerator random;

  public RenewalTiming(RandomGenerator random) {
    this.random = random;
  }

  public static Duration life(X509Certificate certificate) {
    return Duration.between(
        certificate.getNotBefore().toInstant(), certificate.getNotAfter().toInstant());
  }

  /** Around two thirds of a certificate's life; soon, when that is over. */
  public Instant due(X509Certificate certificate, Instant now) {
    Duration life = life(certificate);
    double share = DUE + (random.nextDouble() - 0.5) * JITTER;
    Instant due = certificate.getNotBefore().toInstant().plus(times(life, share));
    return due.isAfter(now) ? due : now.plus(pause(life, 1));
  }

  /** After so many failures: doubling, capped, and anywhere in the second half of that. */
  public Duration pause(Duration life, int failures) {
    Duration first = least(FIRST_PAUSE, life.dividedBy(FIRST_SHARE));
    Duration longest = least(LONGEST_PAUSE, life.dividedBy(LONGEST_SHARE));
    return new DoublingPause(first, longest).after(failures, random);
  }

  private static Duration times(Duration duration, double share) {
    return Duration.ofMillis((long) (duration.toMillis() * share));
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}
