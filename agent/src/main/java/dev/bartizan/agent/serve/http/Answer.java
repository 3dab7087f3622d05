package dev.bartizan.agent.serve.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param headers beside content type and length
 * @param body left alone by whoever made it, until it is sent
 */
public record Answer(int status, String contentType, Map<String, String> headers, ByteBuffer body) {
  public static final String JSON = "application/json";

  public Answer {
    headers = Map.copyOf(headers);
  }

  /** A JSON document that is already written. */
  public static Answer json(int status, byte[] document) {
    return new Answer(status, JSON, Map.of(), ByteBuffer.wrap(document));
  }

  /** A JSON document that is already written. */
  public static Answer json(int status, String document) {
    return json(status, document.getBytes(StandardCharsets.UTF_8));
  }
}
