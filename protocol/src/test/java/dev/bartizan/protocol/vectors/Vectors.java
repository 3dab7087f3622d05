// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.StrictJson;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/** Documents of one format, valid ones and ones that a reader must refuse, as a file has them. */
final class Vectors {
  /** What a refusal names where the document cannot be read far enough to name anything. */
  static final String ANYTHING = "";

  private final ObjectNode given = StrictJson.object();
  private final List<Vector> all = new ArrayList<>();

  /**
   * One document.
   *
   * @param name what is right or wrong about it
   * @param text the document, to the byte; in hexadecimal when it is none of text
   * @param refusal what the refusal names: its code, or the member at fault; empty when valid
   * @param values what a reader gets of a valid one, where that is not plain to see
   */
  record Vector(
      String name, String text, boolean isHex, Optional<String> refusal, ObjectNode values) {}

  /** What a reader knows beside the document. */
  ObjectNode given() {
    return given;
  }

  Vectors valid(String name, String text) {
    return valid(name, text, StrictJson.object());
  }

  Vectors valid(String name, String text, ObjectNode values) {
    all.add(new Vector(name, text, false, Optional.empty(), values));
    return this;
  }

  Vectors refused(String name, String text, String refusal) {
    all.add(new Vector(name, text, false, Optional.of(refusal), StrictJson.object()));
    return this;
  }

  Vectors valid(String name, byte[] document, ObjectNode values) {
    all.add(new Vector(name, hex(document), true, Optional.empty(), values));
    return this;
  }

  Vectors refused(String name, byte[] document, String refusal) {
    all.add(new Vector(name, hex(document), true, Optional.of(refusal), StrictJson.object()));
    return this;
  }

  /** The bytes with one bit flipped, counted from the end when negative. */
  static byte[] flipped(byte[] document, int at) {
    byte[] changed = document.clone();
    changed[at < 0 ? document.length + at : at] ^= 1;
    return changed;
  }

  private static String hex(byte[] document) {
    return HexFormat.of().formatHex(document);
  }

  /** The first document with some of its text replaced. */
  Vectors changed(String name, String from, String to, String refusal) {
    String good = first();
    if (!good.contains(from)) {
      throw new IllegalArgumentException(good + " does not have " + from);
    }
    return refused(name, good.replace(from, to), refusal);
  }

  /** What is refused in every JSON document. */
  Vectors asJson() {
    return refused("a member twice", first().replaceFirst("\\{", "{\"a\":1,\"a\":2,"), ANYTHING)
        .refused("a second document behind it", first() + "{}", ANYTHING)
        .refused("not all of it", first().substring(0, first().length() / 2), ANYTHING)
        .refused("a list", "[" + first() + "]", ANYTHING)
        .refused("nothing", "", ANYTHING);
  }

  private String first() {
    return all.get(0).text();
  }

  List<Vector> all() {
    return List.copyOf(all);
  }

  /**
   * The file, as the repository has it.
   *
   * @param format the heading in docs/wire-formats.md
   */
  byte[] write(String format) {
    ObjectNode file = StrictJson.object().put("format", format);
    if (!given.isEmpty()) {
      file.set("given", given);
    }
    ArrayNode vectors = file.putArray("vectors");
    for (Vector one : all) {
      ObjectNode vector = vectors.addObject().put("name", one.name());
      vector.put(one.isHex() ? "document_hex" : "document", one.text());
      vector.put("result", one.refusal().isPresent() ? "refused" : "valid");
      one.refusal().filter(it -> !it.isEmpty()).ifPresent(it -> vector.put("refusal_names", it));
      if (!one.values().isEmpty()) {
        vector.set("values", one.values());
      }
    }
    return StrictJson.writeIndented(file);
  }
}
