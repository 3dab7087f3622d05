// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.io.IOException;

/** The data budget is spent. What has been fetched is kept. */
public final class OverBudget extends IOException {
  private static final long serialVersionUID = 1L;

  /** Which budget. */
  public enum Scope {
    /** Of the day: tomorrow there is more. */
    DAY,
    /** Of one release: there will be no more. */
    ROLLOUT
  }

  private final Scope scope;

  OverBudget(Scope scope, long limit) {
    super(
        "OVER_BUDGET: the "
            + limit
            + " bytes of the "
            + scope.name().toLowerCase(java.util.Locale.ROOT)
            + " are spent");
    this.scope = scope;
  }

  public Scope scope() {
    return scope;
  }
}
