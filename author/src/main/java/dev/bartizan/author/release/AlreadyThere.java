// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Refusal;
import java.nio.file.Path;

/** There is an author's directory already, and its keys are not overwritten. */
public final class AlreadyThere extends Refusal {
  private static final long serialVersionUID = 1L;

  AlreadyThere(Path found) {
    super(found + ": there is an author's directory here already; take another directory");
  }

  @Override
  public String code() {
    return "ALREADY_INITIALISED";
  }
}
