// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A delta that cannot be applied here, or not at all. */
public final class DeltaRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the stable code. */
  public enum Reason {
    /** The delta is for another base than the one at hand. */
    WRONG_BASE,
    /** Not a delta, or one that contradicts itself. */
    MALFORMED,
    /** A version of the format that this decoder does not know. */
    UNKNOWN_VERSION,
    /** The result would be longer than allowed. */
    TOO_LONG,
    /** The delta ends early. */
    TRUNCATED,
    /** Bytes follow the last section. */
    EXTRA_DATA,
    /** A section has another checksum, or the result another digest, than the delta says. */
    HASH_MISMATCH
  }

  private final Reason reason;

  public DeltaRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  public DeltaRefusal(Reason reason, String message, @Nullable Throwable cause) {
    super("delta: " + message, cause);
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
