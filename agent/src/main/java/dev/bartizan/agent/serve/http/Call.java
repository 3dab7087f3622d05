// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** One request, while it is being answered. */
public interface Call {
  /** In upper case; {@code GET} for HEAD, whose answer goes without its body. */
  String method();

  /** The path's segments, decoded; none is empty. */
  List<String> path();

  /** The first header of that name, whatever its case. */
  Optional<String> header(String name);

  /** The first query parameter of that name. */
  Optional<String> query(String name);

  /** The body, as whole as it came, within the route's {@link Route#bodyLimit limit}. */
  Body content();

  /** What this request may still take. */
  MemoryShare memory();

  /** Refuses every method but these. */
  default void allow(String... methods) throws CallRefusal {
    List<String> allowed = Arrays.asList(methods);
    if (!allowed.contains(method())) {
      throw CallRefusal.wrongMethod(allowed);
    }
  }

  /**
   * The whole body as one array.
   *
   * @param limit the most bytes to accept
   */
  default byte[] body(int limit) throws CallRefusal {
    Body content = content();
    if (content.length() > limit) {
      throw CallRefusal.tooLarge(limit);
    }
    byte[] body = new byte[(int) content.length()];
    content.copy(0, ByteBuffer.wrap(body));
    return body;
  }
}
