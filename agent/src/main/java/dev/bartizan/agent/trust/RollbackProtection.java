// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.Link;
import dev.bartizan.crypto.boot.Verdict;
import java.io.IOException;

/**
 * Tells of an old copy of the disk. While its metadata is older than what was trusted, or other, no
 * model is opened, no order obeyed, and nothing that was begun is gone on with.
 */
final class RollbackProtection {
  private static final String SUBJECT = "anchor";

  private final RollbackAnchor state;
  private final EventPublisher publisher;
  private boolean refused;

  RollbackProtection(RollbackAnchor state, EventPublisher publisher) {
    this.state = state;
    this.publisher = publisher;
  }

  boolean isTrustworthy() throws IOException {
    Link judged = state.examine();
    if (judged.verdict() == Verdict.BAD) {
      publisher.problem(
          SUBJECT,
          "the state directory: expected " + judged.expected() + ", found " + judged.found());
    } else if (!refused) {
      publisher.mended(SUBJECT);
    }
    return state.isTrustworthy();
  }

  /** Anchors what has been reached; not a state that was put back. */
  void renew() throws IOException {
    try {
      state.renew();
      refused = false;
    } catch (Refusal refusal) {
      refused = true;
      publisher.problem(SUBJECT, refusal);
    }
  }
}
