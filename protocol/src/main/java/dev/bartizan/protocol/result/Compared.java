// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.result;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.util.Optional;

/**
 * What was looked at, and what was to be there; one printable line each.
 *
 * @param component such as {@code "pcr sha256:7"}, an event of a log, a model
 */
public record Compared(String component, String expected, String found) {
  private static final int MAX_TEXT = 200;
  private static final String NOTHING = "nothing";

  public Compared {
    component = line(component);
    expected = line(expected);
    found = line(found);
  }

  /** In words. */
  String detail() {
    return component + ": expected " + expected + ", found " + found;
  }

  void write(ObjectNode reason) {
    reason.put("component", component).put("expected", expected).put("found", found);
  }

  static Optional<Compared> find(JsonFields reason) throws Malformed {
    return reason.has("component")
        ? Optional.of(
            new Compared(
                reason.text("component", MAX_TEXT),
                reason.text("expected", MAX_TEXT),
                reason.text("found", MAX_TEXT)))
        : Optional.empty();
  }

  private static String line(String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    if (plain.isEmpty()) {
      return NOTHING;
    }
    return plain.length() <= MAX_TEXT ? plain : plain.substring(0, MAX_TEXT - 3) + "...";
  }
}
