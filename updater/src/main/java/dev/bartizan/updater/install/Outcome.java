// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.time.Instant;
import java.util.Optional;

/**
 * How a deployment ended.
 *
 * @param state a terminal state
 * @param reason a stable upper-case code and details, or empty when all went well
 */
public record Outcome(
    String deployment,
    ComponentName component,
    UpdateState state,
    Optional<Release> from,
    Release to,
    Initiator initiator,
    String reason,
    Instant at) {
  public Outcome {
    if (!state.isTerminal()) {
      throw new IllegalArgumentException(state + " is not an end");
    }
  }
}
