// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** Answers the requests below one path. Called by many threads at once; may block. */
public interface Route {
  /** The segments its requests start with: {@code bartizan/v1}. */
  String prefix();

  /**
   * Whether it may also be reached by loopback TCP, where every local user and every web page in a
   * local browser can knock; the Unix socket has an owner.
   */
  boolean reachableByTcp();

  /** The most bytes a body may have; it is here as a whole before the route is asked. */
  default long bodyLimit() {
    return 64 << 10;
  }

  /**
   * Answers, or says why not: an {@link HttpRefusal} with its own status, any other {@link Refusal}
   * with 400 (the answer is no), an {@link IOException} with 503 (not now).
   */
  Answer answer(Call call) throws IOException, Refusal;
}
