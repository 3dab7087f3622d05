package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;

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
