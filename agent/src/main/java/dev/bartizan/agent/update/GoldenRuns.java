// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import java.util.Optional;

/**
 * How a release in probation does on the work its author chose: golden inputs, run beside its
 * clients. Requests of clients are counted and reported, but held against nobody: whoever may ask
 * could end an update. Pure.
 *
 * <p>Looked at when there are 10, 20, 40, … runs. Looking often finds something sooner or later, so
 * the first look may raise half of the false alarms that {@link FalseAlarm#RATE} allows, the next
 * one a quarter, and so on: all together no more than the rate.
 */
final class GoldenRuns {
  /** Fewer runs say nothing. */
  static final int LEAST = 10;

  private static final double PER_MILLE = 1000.0;

  private final double chance;
  private int runs;
  private int failed;
  private int nextLook = LEAST;
  private double alarm = FalseAlarm.RATE / 2;
  private Optional<String> fault = Optional.empty();

  /**
   * @param errorsPerMille how many runs of a thousand may fail
   */
  GoldenRuns(long errorsPerMille) {
    chance = errorsPerMille / PER_MILLE;
  }

  void answered() {
    count();
  }

  void failed() {
    failed++;
    count();
  }

  private void count() {
    runs++;
    if (runs < nextLook) {
      return;
    }
    if (failed > 0 && FalseAlarm.probability(runs, failed, chance) <= alarm) {
      fault = Optional.of("ERROR_RATE: " + failed + " of " + runs + " golden runs failed");
    }
    nextLook = Math.multiplyExact(nextLook, 2);
    alarm /= 2;
  }

  /** Why the release is at fault, if it is. */
  Optional<String> fault() {
    return fault;
  }
}
