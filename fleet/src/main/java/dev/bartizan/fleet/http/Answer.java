// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.StrictJson;
import java.util.HashMap;
import java.util.Map;

/**
 * What a request gets.
 *
 * @param headers beside content type and length
 */
public record Answer(int status, String contentType, Map<String, String> headers, Bytes body) {
  private static final String JSON = "application/json";
  private static final int OK = 200;

  public Answer {
    headers = Map.copyOf(headers);
  }

  /** 200, with a JSON document that is already written. */
  public static Answer json(byte[] document) {
    return new Answer(OK, JSON, Map.of(), Bytes.of(document));
  }

  /** 200, with a body of any kind. */
  public static Answer ok(String contentType, byte[] body) {
    return new Answer(OK, contentType, Map.of(), Bytes.of(body));
  }

  /** An answer that is no: {@code {"error":CODE,"message":…}}. */
  public static Answer error(int status, String code, String message) {
    ObjectNode body = StrictJson.object().put("error", code).put("message", message);
    return new Answer(status, JSON, Map.of(), Bytes.of(StrictJson.write(body)));
  }

  /** The same with a header more. */
  public Answer with(String header, String value) {
    Map<String, String> more = new HashMap<>(headers);
    more.put(header, value);
    return new Answer(status, contentType, more, body);
  }
}
