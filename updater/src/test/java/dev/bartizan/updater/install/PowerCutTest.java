// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.Survival;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every call to the disk in whole updates is a place where it goes wrong. */
class PowerCutTest {
  private static final int RANDOM_SEEDS = 6;
  private static final int STRIDE = 16;
  private static int states;

  private final PowerCuts cuts;

  PowerCutTest() throws Exception {
    cuts = new PowerCuts();
  }

  @AfterEach
  void count() {
    states += cuts.states();
  }

  @ParameterizedTest
  @EnumSource
  void aCutBeforeAnyCallLeavesADeviceThatFinishesByItself(Survival survival) throws Exception {
    cuts.once(survival, survival == Survival.RANDOM_SUBSET ? RANDOM_SEEDS : 1);
  }

  @ParameterizedTest
  @EnumSource
  void aSecondCutDuringRecoveryChangesNothing(Survival survival) throws Exception {
    cuts.twice(survival, STRIDE, survival == Survival.RANDOM_SUBSET ? 2 : 1);
  }

  @Test
  void anErrorAtAnyCallLeavesTheProcessGoingAndTheUpdateFinishes() throws Exception {
    cuts.anErrorAtEachCall();
  }

  @Test
  void aDiskThatIsFullFromAnyCallOnKeepsServingAndFinishesWhenThereIsRoom() throws Exception {
    cuts.aFullDiskFromEachCall();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDiskThatTurnsReadOnlyOrVanishesLeavesTheModelServingAndTheUpdateFinishesLater(
      boolean isReadable) throws Exception {
    cuts.aDiskThatIsLostFromEachCall(isReadable);
  }

  @Test
  void aDiskThatIsFullAfterACutStillServesTheLastGoodModel() throws Exception {
    cuts.aCutAndThenAFullDisk();
  }

  @AfterAll
  static void manyStatesWereTried() {
    System.out.println("power cuts: " + states + " states of an update");
    assertTrue(states > 5000, "only " + states + " states");
  }
}
