// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Reads a JSON object strictly: every field once, of its type, and none beside those asked for.
 * Anything else is an {@link IllegalArgumentException} that names the field.
 *
 * <p>Not {@code JsonFields}, which leaves members alone that nobody asks for: in a document from
 * outside those are a newer writer's, in the journal they would be lost when it is written again.
 */
final class Fields {
  private final ObjectNode object;
  private final Set<String> unread = new HashSet<>();

  private Fields(ObjectNode object) {
    this.object = object;
    object.fieldNames().forEachRemaining(unread::add);
  }

  /** Lets {@code reader} read all of {@code node}. */
  static <T> T read(JsonNode node, Function<Fields, T> reader) {
    if (!(node instanceof ObjectNode object)) {
      throw new IllegalArgumentException("not an object");
    }
    Fields fields = new Fields(object);
    T value = reader.apply(fields);
    if (!fields.unread.isEmpty()) {
      throw new IllegalArgumentException("unknown fields " + fields.unread);
    }
    return value;
  }

  String text(String name) {
    return text(name, required(name));
  }

  private static String text(String name, JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException(name + ": not a text");
    }
    return node.textValue();
  }

  long number(String name) {
    JsonNode node = required(name);
    if (!node.canConvertToLong() || !node.isIntegralNumber()) {
      throw new IllegalArgumentException(name + ": not an integer");
    }
    return node.longValue();
  }

  int count(String name) {
    long number = number(name);
    if (number < 0 || number > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(name + ": not a count");
    }
    return (int) number;
  }

  Digest digest(String name) {
    return Digest.ofHex(text(name));
  }

  <T> T object(String name, Function<Fields, T> reader) {
    return read(required(name), reader);
  }

  <T> Optional<T> optional(String name, Function<Fields, T> reader) {
    return object.has(name) ? Optional.of(object(name, reader)) : Optional.empty();
  }

  boolean has(String name) {
    return object.has(name);
  }

  Instant instant(String name) {
    try {
      return Instant.parse(text(name));
    } catch (DateTimeParseException notATime) {
      throw new IllegalArgumentException(name + ": not a time", notATime);
    }
  }

  Optional<Instant> optionalInstant(String name) {
    return object.has(name) ? Optional.of(instant(name)) : Optional.empty();
  }

  <T> List<T> list(String name, Function<Fields, T> reader) {
    return items(name, item -> read(item, reader));
  }

  List<String> texts(String name) {
    return items(name, item -> text(name, item));
  }

  private <T> List<T> items(String name, Function<JsonNode, T> reader) {
    JsonNode node = required(name);
    if (!node.isArray()) {
      throw new IllegalArgumentException(name + ": not a list");
    }
    List<T> items = new ArrayList<>();
    for (Iterator<JsonNode> each = node.elements(); each.hasNext(); ) {
      items.add(reader.apply(each.next()));
    }
    return items;
  }

  private JsonNode required(String name) {
    JsonNode node = object.get(name);
    if (node == null) {
      throw new IllegalArgumentException(name + ": missing");
    }
    unread.remove(name);
    return node;
  }
}
