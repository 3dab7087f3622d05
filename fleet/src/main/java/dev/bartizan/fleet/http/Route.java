// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/**
 * Answers the requests of one method to one path. Called by many threads at once; may block.
 *
 * @param method in upper case
 * @param path where it lives; one that ends in a slash takes all that lies below
 * @param bodyLimit the most bytes a body may have; what is longer does not reach the route
 */
public record Route(String method, String path, int bodyLimit, Work work) {
  /** What a route does. */
  @FunctionalInterface
  public interface Work {
    /**
     * Answers, or says why not: {@link dev.bartizan.crypto.json.Malformed} becomes 400, any other
     * {@link Refusal} 403 with its code, an {@link IOException} 503 (not now).
     */
    Answer answer(Call call) throws IOException, Refusal;
  }

  public Route {
    if (!path.startsWith("/") || bodyLimit < 0) {
      throw new IllegalArgumentException("no route: " + method + " " + path);
    }
  }

  public static Route get(String path, Work work) {
    return new Route("GET", path, 0, work);
  }

  public static Route post(String path, int bodyLimit, Work work) {
    return new Route("POST", path, bodyLimit, work);
  }

  boolean leadsTo(String wanted) {
    return path.endsWith("/") ? wanted.startsWith(path) : wanted.equals(path);
  }
}
