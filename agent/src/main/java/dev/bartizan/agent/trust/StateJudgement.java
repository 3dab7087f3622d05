// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.schedule.Schedule;
import java.io.IOException;
import java.time.Duration;

/**
 * Whether anything new may rest on this device's state: nobody has put an old one back, and the
 * policy that was signed is here. Belongs to the loop's thread.
 */
public final class StateJudgement {
  private final RollbackProtection state;
  private final Policy policy;
  private boolean isTrusted;

  StateJudgement(RollbackProtection state, Policy policy) {
    this.state = state;
    this.policy = policy;
  }

  /** Whether models may be opened, as far as the state goes. */
  public boolean isTrustworthy() throws IOException {
    return state.isTrustworthy();
  }

  /** Whether orders may rest on the metadata on disk. */
  public boolean mayOrder() throws IOException {
    return state.isTrustworthy() && !policy.isMissing();
  }

  /** Judges for the tasks of this turn. */
  public void judge() throws IOException {
    isTrusted = mayOrder();
  }

  /** By the last judgement: whoever put a state here chose what to go on with. */
  public boolean isTrusted() {
    return isTrusted;
  }

  /**
   * Work that is done only then.
   *
   * @param otherwise how long to wait before it is asked again
   */
  public Schedule.Work guard(Schedule.Work work, Duration otherwise) {
    return () -> isTrusted ? work.run() : otherwise;
  }

  /** Anchors what has been reached; not a state that was put back. */
  public void anchor() throws IOException {
    state.renew();
  }
}
