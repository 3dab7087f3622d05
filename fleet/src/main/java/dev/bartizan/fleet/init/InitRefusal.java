// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.init;

import dev.bartizan.crypto.Refusal;
import java.nio.file.Path;

/** There is a fleet already, and its keys are not overwritten. Nothing has changed. */
public final class InitRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  InitRefusal(Path found) {
    super(found + ": there is a fleet here already; take another directory");
  }

  @Override
  public String code() {
    return "ALREADY_INITIALISED";
  }
}
