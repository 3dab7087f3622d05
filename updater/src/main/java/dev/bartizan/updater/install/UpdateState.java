// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.Locale;

/** Where a deployment stands. The arrows are in {@link UpdateMachine}. */
public enum UpdateState {
  /** There is no deployment. */
  IDLE,
  /** Accepted; it must be found out what to fetch and whether it may and can be. */
  PLANNED,
  /** Objects are on their way into the store. */
  FETCHING,
  /** All is here; the release must show that it works, and the moment must be right. */
  STAGED,
  /** The swap has been decided; each try is counted. */
  ACTIVATING,
  /** The new release serves, under observation. */
  PROBATION,
  /** Going back has been decided. */
  ROLLING_BACK,
  /** Terminal: the new release is the active one. */
  COMMITTED,
  /** Terminal: the new release was tried; the old one is active. */
  ROLLED_BACK,
  /** Terminal: what was offered is not acceptable; it was never tried. */
  REFUSED,
  /** Terminal: given up before it was tried; the world did not play along. */
  FAILED,
  /** Terminal: called off before it was tried. */
  CANCELLED;

  /** Whether the deployment has come to its end. */
  public boolean isTerminal() {
    return switch (this) {
      case COMMITTED, ROLLED_BACK, REFUSED, FAILED, CANCELLED -> true;
      case IDLE, PLANNED, FETCHING, STAGED, ACTIVATING, PROBATION, ROLLING_BACK -> false;
    };
  }

  /** Whether the new release may have been started in earnest. */
  public boolean isOnTrial() {
    return switch (this) {
      case ACTIVATING, PROBATION, ROLLING_BACK -> true;
      case IDLE, PLANNED, FETCHING, STAGED -> false;
      case COMMITTED, ROLLED_BACK, REFUSED, FAILED, CANCELLED -> false;
    };
  }

  /** As reports and the history write it: {@code rolled-back}. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
