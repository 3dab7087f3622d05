// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.Refusal;
import java.nio.file.Path;

/** A directory was begun already, and its keys are not overwritten. Nothing has changed. */
public final class AlreadyInitialised extends Refusal {
  private static final long serialVersionUID = 1L;

  AlreadyInitialised(Path found, String what) {
    super(found + ": there is " + what + " here already; take another directory");
  }

  @Override
  public String code() {
    return "ALREADY_INITIALISED";
  }
}
