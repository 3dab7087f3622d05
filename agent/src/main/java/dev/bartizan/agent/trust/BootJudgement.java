// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ChainVerdict;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Whether this boot opens models, by the documents of today: a boot does not change while it lasts,
 * but what the fleet knows of it, and accepts, does.
 */
public final class BootJudgement {
  private static final String SUBJECT = "boot";

  private final Examination examination;
  private final Basis basis;
  private final Predicate<Verdict> policy;
  private final EventPublisher publisher;
  private final Consumer<ChainVerdict> status;
  private Optional<Digest> judgedBy = Optional.empty();

  /** A look at the boot chain as it is now. */
  @FunctionalInterface
  interface Examination {
    ChainVerdict examine() throws Refusal, IOException;
  }

  /** The documents that count for a verdict, as one digest; none where there never were any. */
  @FunctionalInterface
  interface Basis {
    Optional<Digest> now() throws Refusal, IOException;
  }

  /**
   * @param basis what is judged by: a look hashes some hundred megabytes
   * @param policy whether models are opened in a boot that was judged so
   * @param status is told each verdict
   */
  BootJudgement(
      Examination examination,
      Basis basis,
      Predicate<Verdict> policy,
      EventPublisher publisher,
      Consumer<ChainVerdict> status) {
    this.examination = examination;
    this.basis = basis;
    this.policy = policy;
    this.publisher = publisher;
    this.status = status;
  }

  /** Whether other documents count now than those of the last verdict. */
  public boolean isOutdated() throws IOException {
    try {
      return !basis.now().equals(judgedBy);
    } catch (Refusal unreadable) {
      return true;
    }
  }

  /**
   * Judges anew.
   *
   * @throws IOException when TPM or disk cannot be read; the last verdict stands, and is outdated
   */
  public boolean opensModels() throws IOException {
    Optional<Digest> now = judgedByNow();
    ChainVerdict verdict = examine();
    judgedBy = now;
    status.accept(verdict);
    publisher.note("boot chain: " + verdict.overall().text());
    if (policy.test(verdict.overall())) {
      publisher.mended(SUBJECT);
      return true;
    }
    String why =
        verdict.faults().isEmpty() ? "policy does not accept what is unknown" : verdict.faults();
    publisher.problem(SUBJECT, verdict.overall().text() + ": no model is opened: " + why);
    return false;
  }

  /** Of documents that nobody can read there is no verdict that would stand. */
  private Optional<Digest> judgedByNow() throws IOException {
    try {
      return basis.now();
    } catch (Refusal unreadable) {
      return Optional.empty();
    }
  }

  /** A signed document that nobody can read says no less than one that says no. */
  private ChainVerdict examine() throws IOException {
    try {
      return examination.examine();
    } catch (Refusal refusal) {
      return new ChainVerdict(
          List.of(Link.bad("boot chain", "can be judged", Explanation.of(refusal))));
    }
  }
}
