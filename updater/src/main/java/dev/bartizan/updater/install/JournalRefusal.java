// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** The journal cannot be used, and nothing says what it held. Nothing was changed. */
public final class JournalRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Code {
    /** Journal and history are both damaged or missing in part. */
    JOURNAL_BROKEN,
    /** Whole, but written by a version of this software with other fields. */
    JOURNAL_SCHEMA
  }

  private final Code code;

  JournalRefusal(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  @Override
  public String code() {
    return code.name();
  }
}
