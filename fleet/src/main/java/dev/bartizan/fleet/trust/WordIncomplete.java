// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** Of what the author said something is missing, or was never signed. */
public final class WordIncomplete extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String part;

  WordIncomplete(String part, String why) {
    this(part, why, null);
  }

  WordIncomplete(String part, String why, @Nullable Throwable cause) {
    super(part + ": " + why, cause);
    this.part = part;
  }

  @Override
  public String code() {
    return "WORD_INCOMPLETE";
  }

  /** Which: {@code documents/PATH}, or {@code metadata/}. */
  public String part() {
    return part;
  }
}
