// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.Release;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Whether now is the moment: windows, jitter and consent, as policy has them. Asked again and again
 * by the agent's one thread; the answer "not yet" changes no state.
 *
 * <p>Going back is never kept waiting.
 */
public final class UpdateGate {
  private final Ueid device;
  private final Supplier<UpdateTimes> times;
  private final Consents consents;
  private final InstantSource clock;
  private @Nullable Since fetching;
  private @Nullable Since activating;

  /** Since when a deployment has been asking. */
  private record Since(String deployment, Instant start) {}

  /**
   * @param times of the policy in force
   */
  public UpdateGate(
      Ueid device, Supplier<UpdateTimes> times, Consents consents, InstantSource clock) {
    this.device = device;
    this.times = times;
    this.consents = consents;
    this.clock = clock;
  }

  /** Whether a failed difference may be paid for by fetching the whole. */
  boolean allowsWholeAfterDelta() {
    return times.get().wholeAfterDelta();
  }

  /** Why payloads of {@code deployment} are not fetched now, if they are not. */
  Optional<String> fetchingWaitsFor(Deployment deployment) {
    UpdateTimes now = times.get();
    if (!now.mayFetch(clock.instant())) {
      return Optional.of("NOT_YET: outside the windows to fetch in");
    }
    fetching = since(fetching, deployment);
    return jitter(now, deployment, fetching);
  }

  /** Why the staged {@code deployment} is not activated now, if it is not. */
  Optional<String> activationWaitsFor(Deployment deployment) {
    if (deployment.kind() == Deployment.Kind.ROLL_BACK) {
      return Optional.empty();
    }
    UpdateTimes now = times.get();
    if (!now.mayActivate(clock.instant())) {
      consents.close();
      return Optional.of("NOT_YET: outside the windows to activate in");
    }
    if (now.consent()) {
      return consents.ask(question(deployment))
          ? Optional.empty()
          : Optional.of("NOT_YET: waiting for the consent of the local application");
    }
    activating = since(activating, deployment);
    return jitter(now, deployment, activating);
  }

  /** The deployment is on its way, or has ended: nobody is asked about it any more. */
  void passed() {
    consents.close();
  }

  private Optional<String> jitter(UpdateTimes now, Deployment deployment, Since since) {
    Instant turn = since.start().plus(share(now.jitter(), deployment));
    // Bounded by the jitter itself, whatever a clock that was set back makes of it.
    Duration left = Duration.between(clock.instant(), turn);
    return left.isNegative() || left.isZero() || left.compareTo(now.jitter()) > 0
        ? Optional.empty()
        : Optional.of("NOT_YET: this device's turn has not come");
  }

  /** This device's part of the jitter: another one for each release, the same each time. */
  private Duration share(Duration jitter, Deployment deployment) {
    String seed = device.text() + " " + deployment.to().manifest().hex();
    byte[] digest = Digest.of(seed.getBytes(StandardCharsets.UTF_8)).value().toArray();
    long fraction = 0;
    for (int i = 0; i < 4; i++) {
      fraction = fraction << 8 | (digest[i] & 0xff);
    }
    return Duration.ofSeconds((jitter.toSeconds() * fraction) >>> 32);
  }

  private Since since(@Nullable Since known, Deployment deployment) {
    return known != null && known.deployment().equals(deployment.id())
        ? known
        : new Since(deployment.id(), clock.instant());
  }

  private static Consents.Question question(Deployment deployment) {
    return new Consents.Question(
        deployment.id(),
        deployment.component().text(),
        deployment.from().map(Release::version).orElse(""),
        deployment.to().version());
  }
}
