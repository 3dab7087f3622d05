// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve;

import dev.bartizan.agent.serve.http.HttpRefusal;
import dev.bartizan.updater.engine.RunRefusal;
import org.jspecify.annotations.Nullable;

/** A request for an inference that is not answered with one. */
public final class InferenceRefusal extends HttpRefusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the refusal's {@link #code}. */
  public enum Reason {
    MALFORMED(400),
    UNKNOWN_INPUT(400),
    MISSING_INPUT(400),
    UNKNOWN_OUTPUT(400),
    WRONG_DATATYPE(400),
    WRONG_SHAPE(400),
    UNKNOWN_MODEL(404),
    UNKNOWN_VERSION(404),
    TOO_LARGE(413),
    /** The input fits what the model declares and the runtime failed on it all the same. */
    MODEL_FAILED(500),
    /** The model is expected here, but no version of it serves yet. */
    NOT_READY(503),
    /** Policy lets no model serve while the verifier does not answer this device. */
    REPORTS_UNANSWERED(503),
    /** Other requests hold the memory this one needs. */
    BUSY(503);

    private final int status;

    Reason(int status) {
      this.status = status;
    }
  }

  private final Reason reason;

  public InferenceRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  public InferenceRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(reason.status, message, cause);
    this.reason = reason;
  }

  /** What a model's runtime refused, to whoever asked for the inference. */
  public static InferenceRefusal of(RunRefusal refusal) {
    Reason reason =
        switch (refusal.reason()) {
          case UNKNOWN_INPUT -> Reason.UNKNOWN_INPUT;
          case MISSING_INPUT -> Reason.MISSING_INPUT;
          case UNKNOWN_OUTPUT -> Reason.UNKNOWN_OUTPUT;
          case WRONG_DATATYPE -> Reason.WRONG_DATATYPE;
          case WRONG_SHAPE -> Reason.WRONG_SHAPE;
          case MALFORMED -> Reason.MALFORMED;
          case TOO_LARGE -> Reason.TOO_LARGE;
          case BUSY -> Reason.BUSY;
          case MODEL_FAILED -> Reason.MODEL_FAILED;
        };
    return new InferenceRefusal(reason, String.valueOf(refusal.getMessage()), refusal);
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
