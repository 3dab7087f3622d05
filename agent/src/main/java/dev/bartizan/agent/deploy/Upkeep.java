// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.schedule.BackgroundTask;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.trust.Policy;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.DevicePolicy;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Keeps metadata, keys and versions up to date, in three steps: the repository's metadata, once for
 * all; the keys of what is installed; what policy lets this device order by itself. Each is asked
 * by the worker, for as long as the servers take, and taken up by the loop.
 */
final class Upkeep {
  /** Until the repository is asked again, when it did not answer or a model does not serve. */
  private static final Duration SOON = Duration.ofSeconds(60);

  /** While the worker has something in hand: it wakes the loop. */
  private static final Duration WOKEN = Duration.ofSeconds(10);

  private final Updates updates;
  private final ContentKeyMaintenance keys;
  private final Policy policy;
  private final Renewal loop;
  private final EventPublisher publisher;
  private final Worker worker;
  private final Duration checkEvery;
  private final InstantSource clock;
  private Instant next = Instant.EPOCH;
  private boolean isFresh;

  /** The metadata that was looked at last, once there was a look. */
  private Optional<Digest> seen = Optional.empty();

  private boolean hasLooked;

  /** Components that could not be updated when policy last wanted to know. */
  private Set<String> hindered = Set.of();

  private @Nullable BackgroundTask<Boolean> metadata;
  private @Nullable BackgroundTask<Boolean> wrapped;
  private @Nullable BackgroundTask<List<Updates.Proposal>> proposals;

  Upkeep(
      Updates updates,
      ContentKeyMaintenance keys,
      Trust trust,
      Renewal loop,
      EventPublisher publisher,
      Worker worker,
      Duration checkEvery) {
    this.updates = updates;
    this.keys = keys;
    this.policy = trust.policy();
    this.loop = loop;
    this.publisher = publisher;
    this.worker = worker;
    this.checkEvery = checkEvery;
    this.clock = trust.clock();
  }

  /** A device that has never had any metadata waits for it for a moment, and no longer. */
  void begin(Duration longest) throws InterruptedException {
    askForMetadata().await(longest);
  }

  /** Takes up what has come, and asks for what is next; never waits. */
  Duration run() throws IOException, InterruptedException {
    if (metadata != null && metadata.isDone()) {
      takeMetadata(metadata);
      judgeAnew();
      if (wrapped == null) {
        soon();
      }
    }
    takeUpWhatOthersFetched();
    if (wrapped != null && wrapped.isDone()) {
      wrapped = null;
      if (!loop.keysRenewed()) {
        soon();
      }
      propose();
    }
    if (proposals != null && proposals.isDone()) {
      takeProposals(proposals);
    }
    if (isBusy()) {
      return WOKEN;
    }
    Duration left = Duration.between(clock.instant(), next);
    if (left.isNegative() || left.isZero()) {
      askForMetadata();
      return WOKEN;
    }
    return left;
  }

  /**
   * A command has the repository asked, too: what came with that (a policy, reference values that
   * make this boot a good one) holds at once, and not an hour later. Nothing is ordered by it: it
   * may have come from a bundle that somebody only looked into, and what it offers is gone with
   * that.
   */
  private void takeUpWhatOthersFetched() throws IOException, InterruptedException {
    Optional<Digest> now = updates.metadata();
    if (isBusy() || (hasLooked && now.equals(seen))) {
      return;
    }
    boolean isNews = hasLooked;
    hasLooked = true;
    seen = now;
    if (isNews) {
      isFresh = false;
      judgeAnew();
    }
  }

  /** By the documents at hand, which may be others; keys come next where anything rests on them. */
  private void judgeAnew() throws IOException, InterruptedException {
    if (loop.policyRenewed()) {
      wrapped = worker.submit(Part.MODELS, "keys", this::renewKeys);
    }
  }

  /** Something is not as it should be, and may be mended from there. */
  void soon() {
    Instant then = clock.instant().plus(checkEvery.compareTo(SOON) < 0 ? checkEvery : SOON);
    next = then.isBefore(next) ? then : next;
  }

  private boolean isBusy() {
    return metadata != null || wrapped != null || proposals != null;
  }

  private BackgroundTask<Boolean> askForMetadata() {
    next = clock.instant().plus(checkEvery);
    BackgroundTask<Boolean> asked =
        worker.submit(
            Part.TRUST,
            "metadata",
            () -> {
              updates.refresh();
              return true;
            });
    metadata = asked;
    return asked;
  }

  private void takeMetadata(BackgroundTask<Boolean> task) throws IOException, InterruptedException {
    metadata = null;
    seen = updates.metadata();
    isFresh = false;
    try {
      isFresh = task.get();
      publisher.mended("repository");
      publisher.mended("metadata");
      publisher.mended("documents");
    } catch (Refusal refused) {
      publisher.problem("repository", refused);
      soon();
    } catch (IOException unreachable) {
      publisher.problem("repository", Explanation.of(unreachable));
      soon();
    }
    tellTime();
  }

  private void tellTime() {
    Duration behind = updates.clockIsBehind();
    if (behind.compareTo(SOON) > 0) {
      publisher.problem("time", "the machine's clock is behind by " + behind + ": set it");
    } else {
      publisher.mended("time");
    }
  }

  private Boolean renewKeys() {
    keys.renew();
    return true;
  }

  private void propose() throws IOException {
    Optional<DevicePolicy> current = policy.current();
    if (isFresh && current.isPresent() && loop.mayOrder() && !updates.isUnderWay()) {
      Instant now = clock.instant();
      proposals =
          worker.submit(Part.DEPLOY, "releases", () -> updates.proposals(current.get(), now));
    }
  }

  private void takeProposals(BackgroundTask<List<Updates.Proposal>> task)
      throws IOException, InterruptedException {
    proposals = null;
    try {
      List<Updates.Proposal> found = task.get();
      tellHindered(found);
      updates.orderFirst(found);
    } catch (Refusal notOurs) {
      throw new IllegalStateException("each proposal has its own", notOurs);
    }
  }

  /** What is in order again, or not wanted any more, is no problem any more. */
  private void tellHindered(List<Updates.Proposal> found) {
    Map<String, String> now = new TreeMap<>();
    for (Updates.Proposal proposal : found) {
      if (proposal.order().isEmpty()) {
        now.put("update of " + proposal.component(), proposal.problem());
      }
    }
    hindered.stream().filter(it -> !now.containsKey(it)).forEach(publisher::mended);
    now.forEach(publisher::problem);
    hindered = Set.copyOf(now.keySet());
  }
}
