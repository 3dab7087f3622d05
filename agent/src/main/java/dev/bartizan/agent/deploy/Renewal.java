// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.trust.StateJudgement;
import dev.bartizan.agent.trust.Trust;
import java.io.IOException;

/** What the loop does with what {@link Upkeep} has brought, between its steps. */
final class Renewal {
  private final Trust trust;
  private final StateJudgement judgement;
  private final Serving serving;
  private final ContentKeyMaintenance keys;

  Renewal(Trust trust, StateJudgement judgement, Serving serving, ContentKeyMaintenance keys) {
    this.trust = trust;
    this.judgement = judgement;
    this.serving = serving;
    this.keys = keys;
  }

  /**
   * The policy in force may be another.
   *
   * @return whether the state is to be trusted, and anything to rest on it
   */
  boolean policyRenewed() throws IOException {
    trust.policy().renew();
    trust.measurePolicy();
    if (!mayOrder()) {
      return false;
    }
    serving.withdrawIfUnwanted();
    return true;
  }

  /**
   * Keys may have come.
   *
   * @return whether every installed model serves
   */
  boolean keysRenewed() throws IOException {
    serving.goOn();
    return keys.settle();
  }

  /** Whether orders may rest on the metadata on disk. */
  boolean mayOrder() throws IOException {
    return judgement.mayOrder();
  }
}
