// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.vectors;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.StrictJson;
import java.util.ArrayList;
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
   * @param text the document, to the byte
   * @param refusal what the refusal names: its code, or the member at fault; empty when valid
   */
  record Vector(String name, String text, Optional<String> refusal) {}

  /** What a reader knows beside the document. */
  ObjectNode given() {
    return given;
  }

  Vectors valid(String name, String text) {
    all.add(new Vector(name, text, Optional.empty()));
    return this;
  }

  Vectors refused(String name, String text, String refusal) {
    all.add(new Vector(name, text, Optional.of(refusal)));
    return this;
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
      ObjectNode vector = vectors.addObject().put("name", one.name()).put("document", one.text());
      vector.put("result", one.refusal().isPresent() ? "refused" : "valid");
      one.refusal().filter(it -> !it.isEmpty()).ifPresent(it -> vector.put("refusal_names", it));
    }
    return StrictJson.writeIndented(file);
  }
}
