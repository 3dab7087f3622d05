package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.Refusal;
import org.jspecify.annotations.Nullable;

/** A refusal that knows how HTTP says it. */
public abstract class HttpRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  private final int status;

  protected HttpRefusal(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The HTTP status code, 400 to 599. */
  public int status() {
    return status;
  }
}
