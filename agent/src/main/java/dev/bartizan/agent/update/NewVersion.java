// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

/** The launcher is to start another version: this process has nothing left to do but to end. */
public final class NewVersion extends RuntimeException {
  private static final long serialVersionUID = 1L;

  NewVersion(String version) {
    super("restarting as " + version, null, false, false);
  }
}
