// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** The author's keys or words do not allow it. */
public final class AuthorRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** What is wrong. */
  public enum Code {
    /** A key file is not one, or not of a kind we sign with. */
    BAD_KEY,
    /** The passphrase does not open the key, or there is none. */
    PASSPHRASE,
    /** Keys are in a token, and no PIN for it was given. */
    PIN,
    /** A key is said to be in a token, and the ring does not say in which. */
    NO_TOKEN,
    /** The ring holds fewer of a role's keys than its threshold. */
    MISSING_KEYS,
    /** A target path that the role may not speak for, or that is not a plain path. */
    BAD_PATH,
    /** A plan that no client would accept. */
    BAD_PLAN
  }

  private final Code code;

  public AuthorRefusal(Code code, String message) {
    this(code, message, null);
  }

  public AuthorRefusal(Code code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  @Override
  public String code() {
    return code.name();
  }

  public Code kind() {
    return code;
  }
}
