// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import org.jspecify.annotations.Nullable;

/**
 * The answer is no: somebody's bytes were not acceptable.
 *
 * <p>A refusal is about what was offered (a signature, a version, a length), never about the world
 * being unavailable (that is an {@link java.io.IOException}) and never about a bug (that is an
 * {@link IllegalStateException}). Whoever throws one has changed nothing.
 */
public abstract class Refusal extends Exception {
  private static final long serialVersionUID = 1L;

  private final String message;

  protected Refusal(String message) {
    super(message);
    this.message = message;
  }

  protected Refusal(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.message = message;
  }

  /** One line for people, naming the file or field at fault; never null. */
  @Override
  public final String getMessage() {
    return message;
  }

  /** Stable name of the reason in upper case, as reports and scripts see it: {@code ROLLBACK}. */
  public abstract String code();
}
