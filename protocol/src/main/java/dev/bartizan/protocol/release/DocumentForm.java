// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;

/**
 * How every document about a release begins: {@code schema}, {@code name}, {@code version}.
 *
 * @param file what such a document is called, for messages
 * @param schema its format and version: a reader refuses another
 * @param maxLength the most bytes to look at
 */
record DocumentForm(String file, String schema, int maxLength) {
  private static final int MAX_TEXT = 64;

  /**
   * The members of a document.
   *
   * @throws Malformed naming the member at fault; a newer schema is malformed too
   */
  JsonFields read(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, maxLength, file);
    String found = fields.text("schema", MAX_TEXT);
    if (!found.equals(schema)) {
      throw new Malformed(file + ".schema is " + found + ", this agent reads " + schema);
    }
    return fields;
  }

  /** Which release a document is about. */
  ReleaseName release(JsonFields fields) throws Malformed {
    return ReleaseName.parse(fields.text("name", MAX_TEXT), fields.text("version", MAX_TEXT), file);
  }

  /** A document about {@code release}, to go on with. */
  ObjectNode begin(ReleaseName release) {
    return StrictJson.object()
        .put("schema", schema)
        .put("name", release.name())
        .put("version", release.version());
  }
}
