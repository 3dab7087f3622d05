// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param headers beside content type and length
 * @param pieces of the body, in order; left alone by whoever made them, until they are sent
 */
public record Answer(
    int status, String contentType, Map<String, String> headers, List<ByteBuffer> pieces) {
  public static final String JSON = "application/json";

  public Answer {
    headers = Map.copyOf(headers);
    pieces = List.copyOf(pieces);
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

  /** Bytes of the whole body. */
  public long length() {
    return pieces.stream().mapToLong(ByteBuffer::remaining).sum();
  }

  /** The whole body as one; a copy if it has several pieces. */
  public ByteBuffer body() {
    if (pieces.size() == 1) {
      return pieces.get(0);
    }
    ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(length()));
    pieces.forEach(piece -> whole.put(piece.duplicate()));
    return whole.flip();
  }
}
