// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** What a server offered is not what was signed, or not in a way that can be accepted. */
public final class FetchRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Why; the name is the stable code. */
  public enum Reason {
    /** The server says there is no such file. */
    NOT_FOUND,
    /** The server does not say: object stores answer so for what is not there, too. */
    FORBIDDEN,
    /** Another client error: asking again would get the same answer. */
    REJECTED,
    /** The file on the server is longer than the signed length or the limit. */
    TOO_LONG,
    /** The file on the server is shorter than the signed length. */
    TOO_SHORT,
    /** The server sent another range than the one asked for. */
    WRONG_RANGE,
    /** The server cannot resume, and the policy does not pay for the same bytes twice. */
    NOT_RESUMABLE,
    /** Less than the slowest accepted rate arrived over a whole window. */
    SLOW,
    /** The server sends elsewhere: files come from the configured servers and nobody else. */
    REDIRECTED,
    /** The server compresses what was asked for as it is. */
    ENCODED,
    /** An answer that makes no sense here, such as a success that was not asked for. */
    UNEXPECTED_ANSWER
  }

  private final Reason reason;

  /**
   * For who can ask again: a server that was slow may be quicker then, and what is under way must
   * not end because somebody slows the network down.
   *
   * @throws FetchRefusal this one, unless it is SLOW
   */
  public IOException later() throws FetchRefusal {
    if (reason != Reason.SLOW) {
      throw this;
    }
    return new IOException("SLOW: " + getMessage(), this);
  }

  private final String path;

  public FetchRefusal(Reason reason, String path, String detail) {
    super(path + ": " + detail);
    this.reason = reason;
    this.path = path;
  }

  public Reason reason() {
    return reason;
  }

  /** What was asked for. */
  public String path() {
    return path;
  }

  @Override
  public String code() {
    return reason.name();
  }
}
