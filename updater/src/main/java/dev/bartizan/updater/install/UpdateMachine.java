// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static dev.bartizan.updater.install.Effect.ACTIVATE;
import static dev.bartizan.updater.install.Effect.COLLECT;
import static dev.bartizan.updater.install.Effect.FETCH;
import static dev.bartizan.updater.install.Effect.OBSERVE;
import static dev.bartizan.updater.install.Effect.PLAN;
import static dev.bartizan.updater.install.Effect.PREFLIGHT;
import static dev.bartizan.updater.install.Effect.RESTORE;
import static dev.bartizan.updater.install.Transition.to;
import static dev.bartizan.updater.install.UpdateState.ACTIVATING;
import static dev.bartizan.updater.install.UpdateState.CANCELLED;
import static dev.bartizan.updater.install.UpdateState.COMMITTED;
import static dev.bartizan.updater.install.UpdateState.FAILED;
import static dev.bartizan.updater.install.UpdateState.FETCHING;
import static dev.bartizan.updater.install.UpdateState.PLANNED;
import static dev.bartizan.updater.install.UpdateState.PROBATION;
import static dev.bartizan.updater.install.UpdateState.ROLLED_BACK;
import static dev.bartizan.updater.install.UpdateState.ROLLING_BACK;
import static dev.bartizan.updater.install.UpdateState.STAGED;

/**
 * The law of an update: from where, on what, to where, and what to do then.
 *
 * <pre>
 * idle - planned - fetching - staged - activating - probation - committed
 *           |         |         |          |            |
 *           +---------+---------+          +-- rolling back - rolled back
 *      refused | failed | cancelled
 * </pre>
 */
public final class UpdateMachine {
  private UpdateMachine() {}

  /**
   * Where {@code event} leads from {@code state}.
   *
   * @throws IllegalStateException when that cannot happen there; names both
   */
  public static Transition next(UpdateState state, UpdateEvent.Kind event) {
    return switch (state) {
      case IDLE -> fromIdle(event);
      case PLANNED -> fromPlanned(event);
      case FETCHING -> fromFetching(event);
      case STAGED -> fromStaged(event);
      case ACTIVATING -> fromActivating(event);
      case PROBATION -> fromProbation(event);
      case ROLLING_BACK -> fromRollingBack(event);
      // What has ended stays ended: a new try is a new deployment.
      case COMMITTED, ROLLED_BACK, REFUSED, FAILED, CANCELLED -> throw illegal(state, event);
    };
  }

  private static Transition fromIdle(UpdateEvent.Kind event) {
    return switch (event) {
      case REQUESTED -> to(PLANNED, PLAN);
      case PLAN_MADE, FETCHED, FIT, ACTIVATED, HEALTHY, RESTORED -> throw idle(event);
      case NOT_YET, RESTARTED, EXHAUSTED, REFUSED, FAULTY, OVERDUE, CANCEL -> throw idle(event);
    };
  }

  private static Transition fromPlanned(UpdateEvent.Kind event) {
    return switch (event) {
      case PLAN_MADE -> to(FETCHING, FETCH);
      case NOT_YET, RESTARTED -> to(PLANNED, PLAN);
      case REFUSED -> to(UpdateState.REFUSED, COLLECT);
      case EXHAUSTED, OVERDUE -> to(FAILED, COLLECT);
      case CANCEL -> to(CANCELLED, COLLECT);
      // No REQUESTED: one deployment at a time. No FAULTY: nothing has been run.
      case REQUESTED, FETCHED, FIT, ACTIVATED, HEALTHY, RESTORED, FAULTY ->
          throw illegal(PLANNED, event);
    };
  }

  private static Transition fromFetching(UpdateEvent.Kind event) {
    return switch (event) {
      case FETCHED -> to(STAGED, PREFLIGHT);
      // A killed download is not a failed one: it goes on from where the store says it stopped.
      case NOT_YET, RESTARTED -> to(FETCHING, FETCH);
      case REFUSED -> to(UpdateState.REFUSED, COLLECT);
      case EXHAUSTED, OVERDUE -> to(FAILED, COLLECT);
      case CANCEL -> to(CANCELLED, COLLECT);
      case REQUESTED, PLAN_MADE, FIT, ACTIVATED, HEALTHY, RESTORED, FAULTY ->
          throw illegal(FETCHING, event);
    };
  }

  private static Transition fromStaged(UpdateEvent.Kind event) {
    return switch (event) {
      case FIT -> to(ACTIVATING, ACTIVATE);
      case NOT_YET, RESTARTED -> to(STAGED, PREFLIGHT);
      case REFUSED -> to(UpdateState.REFUSED, COLLECT);
      // The release has run here, on golden vectors; if that took the process down, so much worse.
      case FAULTY, EXHAUSTED -> to(ROLLING_BACK, RESTORE);
      case OVERDUE -> to(FAILED, COLLECT);
      case CANCEL -> to(CANCELLED, COLLECT);
      case REQUESTED, PLAN_MADE, FETCHED, ACTIVATED, HEALTHY, RESTORED ->
          throw illegal(STAGED, event);
    };
  }

  private static Transition fromActivating(UpdateEvent.Kind event) {
    return switch (event) {
      case ACTIVATED -> to(PROBATION, OBSERVE);
      case RESTARTED -> to(ACTIVATING, ACTIVATE);
      case FAULTY, EXHAUSTED, CANCEL -> to(ROLLING_BACK, RESTORE);
      // No OVERDUE: half a swap is worse than a late one. No NOT_YET: each try is counted.
      // No REFUSED: the new release may be serving already, so there is something to undo.
      case REQUESTED, PLAN_MADE, FETCHED, FIT, HEALTHY, RESTORED, NOT_YET, REFUSED, OVERDUE ->
          throw illegal(ACTIVATING, event);
    };
  }

  private static Transition fromProbation(UpdateEvent.Kind event) {
    return switch (event) {
      case HEALTHY -> to(COMMITTED, COLLECT);
      case NOT_YET -> to(PROBATION, OBSERVE);
      // A new process has to swap again, and to prove itself from the beginning.
      case RESTARTED -> to(ACTIVATING, ACTIVATE);
      case FAULTY, EXHAUSTED, CANCEL -> to(ROLLING_BACK, RESTORE);
      // No OVERDUE: a probation ends by a verdict, not by a calendar that may jump.
      case REQUESTED, PLAN_MADE, FETCHED, FIT, ACTIVATED, RESTORED, REFUSED, OVERDUE ->
          throw illegal(PROBATION, event);
    };
  }

  private static Transition fromRollingBack(UpdateEvent.Kind event) {
    return switch (event) {
      // Without tries left too: the old release is the active one on record, which the next start
      // loads, and a device that cannot serve must still be mendable.
      case RESTORED, EXHAUSTED -> to(ROLLED_BACK, COLLECT);
      case RESTARTED, CANCEL -> to(ROLLING_BACK, RESTORE);
      // No HEALTHY: a verdict is final. No arrow back to any state on trial.
      case REQUESTED, PLAN_MADE, FETCHED, FIT, ACTIVATED, HEALTHY -> throw goingBack(event);
      case NOT_YET, REFUSED, FAULTY, OVERDUE -> throw goingBack(event);
    };
  }

  private static IllegalStateException idle(UpdateEvent.Kind event) {
    return illegal(UpdateState.IDLE, event);
  }

  private static IllegalStateException goingBack(UpdateEvent.Kind event) {
    return illegal(ROLLING_BACK, event);
  }

  private static IllegalStateException illegal(UpdateState state, UpdateEvent.Kind event) {
    return new IllegalStateException(event + " cannot happen in " + state);
  }
}
