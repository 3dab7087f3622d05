// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;

/** What our own code makes of a document: its values, as a vector names them. */
@FunctionalInterface
interface Reader {
  ObjectNode read(byte[] document) throws IOException, Refusal;

  /** Takes a document or refuses it; what it says is plain to see. */
  @FunctionalInterface
  interface Check {
    Object read(byte[] document) throws IOException, Refusal;
  }

  static Reader of(Check check) {
    return document -> {
      check.read(document);
      return StrictJson.object();
    };
  }
}
