// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.control;

import dev.bartizan.agent.serve.http.Call;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/** What somebody on this device asks, as JSON. */
final class Request {
  private Request() {}

  /**
   * The members of the request's object. One that is {@code null} is absent: so clients write a
   * member that they leave open.
   *
   * @param limit the most bytes to accept
   * @throws Malformed in our words: a parser's own quote the input, and say how this is built
   */
  static JsonFields read(Call call, int limit) throws Refusal {
    byte[] body = call.body(limit);
    try {
      return StrictJson.read(body, limit, "request").withoutNulls();
    } catch (Malformed parsers) {
      throw new Malformed(
          "request is not one JSON object in UTF-8, without a member twice", parsers);
    }
  }
}
