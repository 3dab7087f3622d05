// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.time.Instant;

/**
 * How far a deployment has come: what the journal says of it.
 *
 * @param starts how often, in a row, the work of this state has been begun without returning; in
 *     activation and probation, how often the new release has been started
 * @param required the objects of the release, once it is staged
 * @param reason why it is rolling back or ended; else empty
 */
public record Progress(
    Deployment deployment, UpdateState state, int starts, RequiredObjects required, String reason) {
  static Progress begin(Deployment deployment) {
    return new Progress(deployment, UpdateState.PLANNED, 1, RequiredObjects.UNKNOWN, "");
  }

  Progress after(UpdateEvent event, UpdateState next) {
    return new Progress(
        deployment,
        next,
        startsAfter(event, next),
        required.isUnknown() ? event.required() : required,
        reasonAfter(event, next));
  }

  /**
   * Starts of a release on trial add up from activation on, across probation and restarts, until
   * there is a verdict. Before that, work that returned has not crashed, and counts anew.
   */
  private int startsAfter(UpdateEvent event, UpdateState next) {
    if (event.kind() == UpdateEvent.Kind.RESTARTED) {
      return starts + 1;
    }
    boolean verdict = next == UpdateState.ROLLING_BACK && state != next;
    return state.isOnTrial() && !verdict ? starts : 1;
  }

  /** Only what ends a deployment needs a reason; the first one given is the true one. */
  private String reasonAfter(UpdateEvent event, UpdateState next) {
    if (!reason.isEmpty()) {
      return reason;
    }
    return next == UpdateState.ROLLING_BACK || next.isTerminal() ? event.reason() : "";
  }

  Outcome end(Instant now) {
    return new Outcome(
        deployment.id(),
        deployment.component(),
        state,
        deployment.from(),
        deployment.to(),
        deployment.initiator(),
        reason,
        now);
  }
}
