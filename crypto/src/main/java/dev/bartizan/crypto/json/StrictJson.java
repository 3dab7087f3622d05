// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;

/** The documents of this house's own formats, read by {@link JsonReader} and written. */
public final class StrictJson {
  private static final int MAX_DEPTH = 16;
  private static final int MAX_NUMBER_DIGITS = 20;

  private static final JsonReader READER =
      new JsonReader(
          StreamReadConstraints.builder()
              .maxNestingDepth(MAX_DEPTH)
              .maxNumberLength(MAX_NUMBER_DIGITS)
              .build());

  private static final ObjectMapper WRITER = new JsonMapper();

  private StrictJson() {}

  /**
   * Reads one JSON object.
   *
   * @param limit the most bytes to look at
   * @param what the document's name, for messages
   */
  public static JsonFields read(byte[] json, int limit, String what) throws Malformed {
    if (json.length > limit) {
      throw new Malformed(what + " has " + json.length + " bytes, more than " + limit);
    }
    return JsonFields.of(what, READER.read(json, what));
  }

  /** An empty object to fill and {@link #write}. */
  public static ObjectNode object() {
    return WRITER.createObjectNode();
  }

  /** UTF-8, without white space, members in the order they were put in. */
  public static byte[] write(JsonNode json) {
    try {
      return WRITER.writeValueAsBytes(json);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException("a tree can always be written", impossible);
    }
  }

  /** The same for people: indented, with a final line feed. */
  public static byte[] writeIndented(JsonNode json) {
    return (json.toPrettyString() + "\n").getBytes(StandardCharsets.UTF_8);
  }
}
