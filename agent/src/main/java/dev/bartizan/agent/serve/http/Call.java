package dev.bartizan.agent.serve.http;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** One request, while it is being answered. */
public interface Call {
  /** In upper case. */
  String method();

  /** The path's segments, decoded; none is empty. */
  List<String> path();

  /** The first header of that name, whatever its case. */
  Optional<String> header(String name);

  /** The first query parameter of that name. */
  Optional<String> query(String name);

  /** Bytes the body will have, when the client said so. */
  OptionalLong contentLength();

  /** The body as it arrives. The reader sets the limit. */
  InputStream stream();

  /** Refuses every method but this one. */
  default void allow(String method) throws CallRefusal {
    if (!method().equals(method)) {
      throw CallRefusal.wrongMethod(method);
    }
  }

  /**
   * The whole body.
   *
   * @param limit the most bytes to accept
   */
  default byte[] body(int limit) throws IOException, CallRefusal {
    byte[] body = stream().readNBytes(limit + 1);
    if (body.length > limit) {
      throw CallRefusal.tooLarge(limit);
    }
    return body;
  }
}
