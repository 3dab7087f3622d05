// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A TPM structure, signature or key was not acceptable. Nothing has changed. */
public final class TpmRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** The bytes are not the structure they were offered as. */
    MALFORMED,
    /** The signature is not this key's over these bytes. */
    BAD_SIGNATURE,
    /** The key may do other things than its purpose needs. */
    WRONG_ATTRIBUTES,
    /** An algorithm that is well formed but not accepted here. */
    UNSUPPORTED_ALGORITHM
  }

  private final Reason reason;

  TpmRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  TpmRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  static TpmRefusal malformed(String message) {
    return new TpmRefusal(Reason.MALFORMED, message);
  }

  static TpmRefusal unsupported(String message) {
    return new TpmRefusal(Reason.UNSUPPORTED_ALGORITHM, message);
  }

  /** Names a number the specification has, but we do not speak. */
  static TpmRefusal unsupported(String what, int number) {
    return unsupported(what + " 0x" + Integer.toHexString(number));
  }

  public Reason reason() {
    return reason;
  }

  @Override
  public String code() {
    return "TPM_" + reason.name();
  }
}
