// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.Refusal;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A refusal that knows how HTTP says it. */
public abstract class HttpRefusal extends Refusal {
  private static final long serialVersionUID = 1L;

  /** Seconds after which one who was refused for lack of room may well find some. */
  private static final String SOON = "1";

  private final int status;

  protected HttpRefusal(int status, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.status = status;
  }

  /** The HTTP status code, 400 to 599. */
  public int status() {
    return status;
  }

  /** What HTTP says beside the status. */
  public Map<String, String> headers() {
    return status == 503 ? Map.of("Retry-After", SOON) : Map.of();
  }
}
