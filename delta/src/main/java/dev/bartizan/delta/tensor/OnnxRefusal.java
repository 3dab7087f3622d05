// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** These bytes are not the ONNX they claim to be, or more of it than we take. */
public final class OnnxRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; {@link #code} is {@code ONNX_} and this name. */
  public enum Reason {
    /** Not the wire format. */
    MALFORMED,
    /** The bytes end within a field. */
    TRUNCATED,
    /** Well formed, but its parts contradict each other. */
    INCONSISTENT,
    /** Legal, but not what this reader takes. */
    UNSUPPORTED,
    /** Part of the model is in another file, for which the model's own digest says nothing. */
    EXTERNAL,
    /** Beyond a limit. */
    TOO_LARGE
  }

  private final Reason reason;

  public OnnxRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  public OnnxRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return "ONNX_" + reason;
  }
}
