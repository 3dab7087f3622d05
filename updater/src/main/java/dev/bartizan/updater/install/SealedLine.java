// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.crypto.json.Malformed;
import java.io.IOException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A JSON object on one line whose last field is the SHA-256 of all bytes before that field, so that
 * any flipped bit is noticed: {@code {"a":1,"sha256":"…"}} and a line feed. ASCII only.
 *
 * @param body the object without its seal
 * @param digest the seal, which also is the line's name in a chain
 * @param text the line, seal and line feed included
 */
record SealedLine(ObjectNode body, Digest digest, String text) {
  private static final String MARK = ",\"sha256\":\"";
  private static final String END = "\"}\n";
  private static final int TAIL = MARK.length() + 2 * Digest.LENGTH + END.length();

  /** As this device wrote it; whoever reads a line limits its length. */
  private static final JsonReader READER = new JsonReader(StreamReadConstraints.defaults());

  private static final JsonMapper WRITER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  static ObjectNode object() {
    return WRITER.createObjectNode();
  }

  /** Seals a body that has at least one field. */
  static SealedLine seal(ObjectNode body) {
    String json = write(body);
    String open = json.substring(0, json.length() - 1);
    Digest digest = Digest.of(open.getBytes(US_ASCII));
    return new SealedLine(body, digest, open + MARK + digest.hex() + END);
  }

  /** The line in these bytes; empty when a single bit of them is not as it was written. */
  static Optional<SealedLine> open(byte[] line) {
    String text = new String(line, US_ASCII);
    int mark = text.length() - TAIL;
    if (mark < 1 || !text.startsWith(MARK, mark) || !text.endsWith(END)) {
      return Optional.empty();
    }
    String open = text.substring(0, mark);
    Digest found = Digest.of(Arrays.copyOf(line, mark));
    String seal = text.substring(mark + MARK.length(), text.length() - END.length());
    return found.hex().equals(seal) ? parse(open + "}", found, text) : Optional.empty();
  }

  byte[] bytes() {
    return text.getBytes(US_ASCII);
  }

  private static Optional<SealedLine> parse(String json, Digest digest, String text) {
    try {
      ObjectNode body = READER.read(json.getBytes(UTF_8), "line");
      return Optional.of(new SealedLine(body, digest, text));
    } catch (Malformed notJson) {
      return Optional.empty();
    }
  }

  private static String write(ObjectNode body) {
    try {
      return WRITER.writeValueAsString(body);
    } catch (IOException impossible) {
      throw new IllegalStateException("a tree of plain values", impossible);
    }
  }
}
