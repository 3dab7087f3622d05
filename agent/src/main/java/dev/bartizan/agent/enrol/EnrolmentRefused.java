// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** The server did not take this device in, or gave it what is not for it. Nothing was stored. */
public final class EnrolmentRefused extends Refusal {
  private static final long serialVersionUID = 1L;

  private final String code;

  public EnrolmentRefused(String code, String message) {
    this(code, message, null);
  }

  EnrolmentRefused(String code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  /** The server's code, or {@code NO_TOKEN}, {@code BAD_GRANT} or {@code LEAVING} of our own. */
  @Override
  public String code() {
    return code;
  }
}
