// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.io.IOException;

/** Not now, and on purpose: a window is closed, a budget is spent. It is asked again. */
public final class Postponed extends IOException {
  private static final long serialVersionUID = 1L;

  /**
   * @param why as {@code status} shows it
   */
  public Postponed(String why) {
    super(why);
  }
}
