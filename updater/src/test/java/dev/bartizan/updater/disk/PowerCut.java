// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

/** The machine is off. An error, so that nothing that handles I/O trouble can live through it. */
public final class PowerCut extends Error {
  private static final long serialVersionUID = 1L;

  PowerCut() {
    super("power cut", null, false, false);
  }
}
