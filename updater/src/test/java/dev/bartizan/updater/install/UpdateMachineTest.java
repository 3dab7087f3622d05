// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static dev.bartizan.updater.install.UpdateEvent.Kind.ACTIVATED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.CANCEL;
import static dev.bartizan.updater.install.UpdateEvent.Kind.EXHAUSTED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.FAULTY;
import static dev.bartizan.updater.install.UpdateEvent.Kind.FETCHED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.FIT;
import static dev.bartizan.updater.install.UpdateEvent.Kind.HEALTHY;
import static dev.bartizan.updater.install.UpdateEvent.Kind.NOT_YET;
import static dev.bartizan.updater.install.UpdateEvent.Kind.OVERDUE;
import static dev.bartizan.updater.install.UpdateEvent.Kind.PLAN_MADE;
import static dev.bartizan.updater.install.UpdateEvent.Kind.REFUSED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.REQUESTED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.RESTARTED;
import static dev.bartizan.updater.install.UpdateEvent.Kind.RESTORED;
import static dev.bartizan.updater.install.UpdateState.ACTIVATING;
import static dev.bartizan.updater.install.UpdateState.CANCELLED;
import static dev.bartizan.updater.install.UpdateState.COMMITTED;
import static dev.bartizan.updater.install.UpdateState.FAILED;
import static dev.bartizan.updater.install.UpdateState.FETCHING;
import static dev.bartizan.updater.install.UpdateState.IDLE;
import static dev.bartizan.updater.install.UpdateState.PLANNED;
import static dev.bartizan.updater.install.UpdateState.PROBATION;
import static dev.bartizan.updater.install.UpdateState.ROLLED_BACK;
import static dev.bartizan.updater.install.UpdateState.ROLLING_BACK;
import static dev.bartizan.updater.install.UpdateState.STAGED;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class UpdateMachineTest {
  /** The table once more, as a list: every arrow there is. */
  private static final Map<Arrow, UpdateState> ARROWS = new HashMap<>();

  private record Arrow(UpdateState from, UpdateEvent.Kind event) {}

  static {
    arrow(IDLE, REQUESTED, PLANNED);
    arrow(PLANNED, PLAN_MADE, FETCHING);
    arrow(FETCHING, FETCHED, STAGED);
    arrow(STAGED, FIT, ACTIVATING);
    arrow(ACTIVATING, ACTIVATED, PROBATION);
    arrow(PROBATION, HEALTHY, COMMITTED);
    arrow(ROLLING_BACK, RESTORED, ROLLED_BACK);
    for (UpdateState early : List.of(PLANNED, FETCHING, STAGED)) {
      arrow(early, NOT_YET, early);
      arrow(early, RESTARTED, early);
      arrow(early, REFUSED, UpdateState.REFUSED);
      arrow(early, OVERDUE, FAILED);
      arrow(early, CANCEL, CANCELLED);
    }
    arrow(PLANNED, EXHAUSTED, FAILED);
    arrow(FETCHING, EXHAUSTED, FAILED);
    for (UpdateState tried : List.of(STAGED, ACTIVATING, PROBATION)) {
      arrow(tried, FAULTY, ROLLING_BACK);
      arrow(tried, EXHAUSTED, ROLLING_BACK);
    }
    arrow(ACTIVATING, RESTARTED, ACTIVATING);
    arrow(ACTIVATING, CANCEL, ROLLING_BACK);
    arrow(PROBATION, NOT_YET, PROBATION);
    arrow(PROBATION, RESTARTED, ACTIVATING);
    arrow(PROBATION, CANCEL, ROLLING_BACK);
    arrow(ROLLING_BACK, RESTARTED, ROLLING_BACK);
    arrow(ROLLING_BACK, CANCEL, ROLLING_BACK);
    arrow(ROLLING_BACK, EXHAUSTED, ROLLED_BACK);
  }

  private static void arrow(UpdateState from, UpdateEvent.Kind event, UpdateState to) {
    ARROWS.put(new Arrow(from, event), to);
  }

  @Test
  void everyPairOfStateAndEventLeadsWhereTheListSaysOrIsABug() {
    for (UpdateState state : UpdateState.values()) {
      for (UpdateEvent.Kind event : UpdateEvent.Kind.values()) {
        Optional<UpdateState> expected = Optional.ofNullable(ARROWS.get(new Arrow(state, event)));
        if (expected.isPresent()) {
          assertEquals(expected.get(), UpdateMachine.next(state, event).state());
        } else {
          Exception bug =
              assertThrows(IllegalStateException.class, () -> UpdateMachine.next(state, event));
          assertTrue(bug.toString().contains(state.name()), bug::toString);
          assertTrue(bug.toString().contains(event.name()), bug::toString);
        }
      }
    }
  }

  @Test
  void everyEndIsCleanedUpAfterAndNothingElseIs() {
    ARROWS.forEach(
        (arrow, to) -> {
          List<Effect> effects = UpdateMachine.next(arrow.from(), arrow.event()).effects();
          assertEquals(to.isTerminal(), effects.equals(List.of(Effect.COLLECT)));
          assertFalse(effects.isEmpty(), "a state without work would stay for ever: " + to);
        });
  }

  @Test
  void fromEveryStateAnEndCanBeReachedWithoutTheWorldPlayingAlong() {
    for (UpdateState state : EnumSet.range(PLANNED, ROLLING_BACK)) {
      UpdateState next = UpdateMachine.next(state, EXHAUSTED).state();
      assertTrue(next.isTerminal() || next == ROLLING_BACK);
    }
  }

  @Test
  void nothingIsCommittedButOutOfProbation() {
    ARROWS.forEach((arrow, to) -> assertTrue(to != COMMITTED || arrow.from() == PROBATION));
  }

  @Test
  void everyStateIsReachable() {
    Set<UpdateState> reached = EnumSet.of(IDLE);
    Deque<UpdateState> open = new ArrayDeque<>(reached);
    while (!open.isEmpty()) {
      UpdateState from = open.remove();
      ARROWS.forEach(
          (arrow, to) -> {
            if (arrow.from() == from && reached.add(to)) {
              open.add(to);
            }
          });
    }
    assertEquals(EnumSet.allOf(UpdateState.class), reached);
  }
}
