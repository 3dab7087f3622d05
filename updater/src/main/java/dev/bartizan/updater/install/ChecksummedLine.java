// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Checksum;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonReader;
import dev.bartizan.crypto.json.Malformed;
import java.io.IOException;
import java.util.Optional;

/**
 * A JSON object on one line whose last field is the SHA-256 of all bytes before that field, so that
 * any flipped bit is noticed: {@code {"a":1,"sha256":"…"}} and a line feed. ASCII only.
 *
 * @param body the object without its checksum
 * @param digest the checksum, which also is the line's name in a chain
 * @param text the line, checksum and line feed included
 */
record ChecksummedLine(ObjectNode body, Digest digest, String text) {
  private static final Checksum LAST_FIELD = new Checksum(",\"sha256\":\"", "\"}\n");

  /** As this device wrote it; whoever reads a line limits its length. */
  private static final JsonReader READER = new JsonReader(StreamReadConstraints.defaults());

  private static final JsonMapper WRITER =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  static ObjectNode object() {
    return WRITER.createObjectNode();
  }

  /** The line of a body that has at least one field. */
  static ChecksummedLine of(ObjectNode body) {
    String json = write(body);
    byte[] open = json.substring(0, json.length() - 1).getBytes(US_ASCII);
    String text = new String(LAST_FIELD.append(open), US_ASCII);
    return new ChecksummedLine(body, Digest.of(open), text);
  }

  /** The line in these bytes; empty when a single bit of them is not as it was written. */
  static Optional<ChecksummedLine> read(byte[] line) {
    return LAST_FIELD
        .strip(line)
        .flatMap(open -> parse(open, Digest.of(open), new String(line, US_ASCII)));
  }

  byte[] bytes() {
    return text.getBytes(US_ASCII);
  }

  private static Optional<ChecksummedLine> parse(byte[] open, Digest digest, String text) {
    try {
      String json = new String(open, US_ASCII) + "}";
      ObjectNode body = READER.read(json.getBytes(UTF_8), "line");
      return Optional.of(new ChecksummedLine(body, digest, text));
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
