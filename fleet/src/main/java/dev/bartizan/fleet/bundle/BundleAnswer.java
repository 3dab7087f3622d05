// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.bundle;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.result.AttestationResult;
import java.time.Instant;
import java.util.List;

/**
 * What came of a bundle.
 *
 * @param result of appraising its evidence anew
 * @param given what the server answered then
 * @param at as of when it was judged
 * @param isAsGiven whether its evidence, judged as of its own day, leads to what was given
 * @param words whose word each element is
 */
public record BundleAnswer(
    AttestationResult result,
    AttestationResult given,
    Instant at,
    boolean isAsGiven,
    List<Word> words) {
  /**
   * Whose word something is.
   *
   * @param element of the bundle
   * @param by who says it
   * @param detail what shows that
   */
  public record Word(String element, String by, String detail) {
    /** One line for people. */
    public String line() {
      return element + ": " + by + " (" + detail + ")";
    }
  }

  public BundleAnswer {
    words = List.copyOf(words);
  }

  /** For scripts. */
  public ObjectNode toJson() {
    ObjectNode document = StrictJson.object();
    document.set("result", result.toJson());
    ObjectNode bundle = document.putObject("bundle");
    bundle.put("at", at.toString()).put("given_at", given.issuedAt().toString());
    bundle.put("given_status", given.status().text()).put("nonce", given.nonce().toString());
    ArrayNode list = bundle.putArray("words");
    for (Word word : words) {
      list.addObject()
          .put("element", word.element())
          .put("by", word.by())
          .put("detail", word.detail());
    }
    return document;
  }
}
