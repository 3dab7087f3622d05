// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A model is not run on these inputs, or fails on them. */
public final class RunRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the refusal's {@link #code}. */
  public enum Reason {
    UNKNOWN_INPUT,
    MISSING_INPUT,
    UNKNOWN_OUTPUT,
    WRONG_DATATYPE,
    WRONG_SHAPE,
    /** A text that cannot be handed over. */
    MALFORMED,
    /** The outputs take more memory than one request may have. */
    TOO_LARGE,
    /** Other requests hold the memory that the outputs need. */
    BUSY,
    /** The input fits what the model declares and the runtime failed on it all the same. */
    MODEL_FAILED
  }

  private final Reason reason;

  public RunRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  public RunRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
