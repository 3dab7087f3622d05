// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * What a request gets.
 *
 * @param headers beside content type and length
 * @param pieces of the body, in order; left alone by whoever made them, until they are sent. Those
 *     of a streamed answer are made one by one, each when the one before has gone, and only once
 * @param length of the whole body; unknown of one that is streamed, which then travels in chunks
 */
public record Answer(
    int status,
    String contentType,
    Map<String, String> headers,
    Iterable<ByteBuffer> pieces,
    OptionalLong length) {
  public static final String JSON = "application/json";

  public Answer {
    headers = Map.copyOf(headers);
  }

  /** An answer that is here as a whole. */
  public Answer(
      int status, String contentType, Map<String, String> headers, List<ByteBuffer> pieces) {
    this(
        status,
        contentType,
        headers,
        List.copyOf(pieces),
        OptionalLong.of(pieces.stream().mapToLong(ByteBuffer::remaining).sum()));
  }

  /** A good answer that is made while it is sent, and never here as a whole. */
  public static Answer streamed(String contentType, Iterator<ByteBuffer> pieces) {
    return new Answer(200, contentType, Map.of(), () -> pieces, OptionalLong.empty());
  }

  /** An answer in one piece. */
  public Answer(int status, String contentType, Map<String, String> headers, ByteBuffer body) {
    this(status, contentType, headers, List.of(body));
  }

  /** A JSON document that is already written. */
  public static Answer json(int status, byte[] document) {
    return new Answer(status, JSON, Map.of(), ByteBuffer.wrap(document));
  }

  /** A JSON document that is already written. */
  public static Answer json(int status, String document) {
    return json(status, document.getBytes(StandardCharsets.UTF_8));
  }

  /** The whole body as one; of one that is streamed, its one way through. */
  public ByteBuffer body() {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    for (ByteBuffer piece : pieces) {
      byte[] bytes = new byte[piece.remaining()];
      piece.duplicate().get(bytes);
      whole.writeBytes(bytes);
    }
    return ByteBuffer.wrap(whole.toByteArray());
  }
}
