// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.schedule.Ending;

/** The launcher is to start another version. */
public final class NewVersion extends Ending {
  private static final long serialVersionUID = 1L;

  NewVersion(String version) {
    super("restarting as " + version);
  }
}
