// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A change to what chips are believed by is not made. Nothing has been written. */
public final class AuthorityRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why. */
  public enum Reason {
    /** It is no authority's certificate, has expired, or asks for what nobody here understands. */
    NOT_AN_AUTHORITY,
    /** It, or one that is visibly of the same maker, is believed for another kind of key. */
    OTHER_KIND,
    /** It is believed for this kind already. */
    KNOWN_ALREADY,
    /** There is no such authority, or no such chip. */
    UNKNOWN
  }

  private final Reason reason;

  AuthorityRefusal(Reason reason, String message) {
    this(reason, message, null);
  }

  AuthorityRefusal(Reason reason, String message, @Nullable Throwable cause) {
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
