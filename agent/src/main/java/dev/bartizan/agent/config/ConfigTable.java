// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** One table of the file; remembers which keys were asked for, and refuses the others. */
final class ConfigTable {
  private final String file;
  private final String name;
  private final JsonNode values;
  private final Set<String> known = new HashSet<>();

  ConfigTable(String file, String name, JsonNode values) {
    this.file = file;
    this.name = name;
    this.values = values;
  }

  /** A table without values, for defaults. */
  static ConfigTable empty() {
    return new ConfigTable("", "", JsonNodeFactory.instance.objectNode());
  }

  /** The table {@code key} within this one; an empty one when it is not there. */
  ConfigTable table(String key) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    if (node == null) {
      return new ConfigTable(file, key, JsonNodeFactory.instance.objectNode());
    }
    if (!node.isObject()) {
      throw refusal(key, "is not a table: write [" + key + "]");
    }
    return new ConfigTable(file, key, node);
  }

  String text(String key) throws ConfigRefusal {
    return findText(key).orElseThrow(() -> refusal(key, "is missing"));
  }

  String text(String key, String otherwise) throws ConfigRefusal {
    return findText(key).orElse(otherwise);
  }

  Optional<String> findText(String key) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    if (node == null) {
      return Optional.empty();
    }
    if (!node.isTextual() || node.textValue().isBlank()) {
      throw refusal(key, "is not a text");
    }
    return Optional.of(node.textValue());
  }

  Path path(String key, String otherwise) throws ConfigRefusal {
    return toPath(key, text(key, otherwise));
  }

  /** A list of absolute paths. */
  List<Path> paths(String key, String otherwise) throws ConfigRefusal {
    List<Path> paths = new ArrayList<>();
    for (String text : values.has(key) ? texts(key) : List.of(otherwise)) {
      paths.add(toPath(key, text));
    }
    known.add(key);
    return paths;
  }

  private Path toPath(String key, String text) throws ConfigRefusal {
    try {
      Path path = Path.of(text);
      if (!path.isAbsolute()) {
        throw refusal(key, "is not an absolute path: " + text);
      }
      return path;
    } catch (InvalidPathException notAPath) {
      throw new ConfigRefusal(file, at(key) + " is not a path", notAPath);
    }
  }

  /** A list of plain names; empty when it is not there. */
  Set<String> names(String key) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    Set<String> names = new HashSet<>();
    if (node == null) {
      return names;
    }
    for (JsonNode name : node) {
      names.add(name.asText());
    }
    boolean plain = names.stream().allMatch(name -> name.matches("[a-z0-9][a-z0-9._-]{0,63}"));
    if (!node.isArray() || !plain) {
      throw refusal(key, "is not a list of plain names");
    }
    return names;
  }

  /** A list of texts in their order; empty when it is not there. */
  List<String> texts(String key) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    List<String> texts = new ArrayList<>();
    if (node == null) {
      return texts;
    }
    for (JsonNode text : node) {
      if (!text.isTextual()) {
        throw refusal(key, "is not a list of texts");
      }
      texts.add(text.textValue());
    }
    if (!node.isArray()) {
      throw refusal(key, "is not a list");
    }
    return texts;
  }

  long number(String key, long otherwise, long least, long most) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    // A number of more than 64 bits would lose its upper ones, and be within bounds.
    boolean isWhole = node.isIntegralNumber() && node.canConvertToLong();
    if (!isWhole || node.longValue() < least || node.longValue() > most) {
      throw refusal(key, "is not a whole number from " + least + " to " + most);
    }
    return node.longValue();
  }

  /** A list of whole numbers, or one of them alone. */
  List<Integer> numbers(String key, List<Integer> otherwise) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    List<Integer> numbers = new ArrayList<>();
    for (JsonNode number : node.isArray() ? node : List.of(node)) {
      if (!number.canConvertToInt() || !number.isIntegralNumber()) {
        throw refusal(key, "is not a whole number, nor a list of them");
      }
      numbers.add(number.intValue());
    }
    if (numbers.isEmpty()) {
      throw refusal(key, "is an empty list");
    }
    return numbers;
  }

  long requiredNumber(String key, long least, long most) throws ConfigRefusal {
    if (!values.has(key)) {
      throw refusal(key, "is missing");
    }
    return number(key, least, least, most);
  }

  boolean flag(String key, boolean otherwise) throws ConfigRefusal {
    known.add(key);
    JsonNode node = values.get(key);
    if (node == null) {
      return otherwise;
    }
    if (!node.isBoolean()) {
      throw refusal(key, "is not true or false");
    }
    return node.booleanValue();
  }

  /** One of an enumeration's values by its text. */
  <E extends Enum<E>> E choice(String key, E otherwise, Function<E, String> text)
      throws ConfigRefusal {
    String chosen = text(key, text.apply(otherwise));
    E[] all = otherwise.getDeclaringClass().getEnumConstants();
    for (E one : all) {
      if (text.apply(one).equals(chosen)) {
        return one;
      }
    }
    String known = Stream.of(all).map(text).collect(Collectors.joining("\", \""));
    throw refusal(key, "is not one of \"" + known + "\": " + chosen);
  }

  /** A key that nobody asked for is a typing error, and a typing error must not go unnoticed. */
  void refuseUnknownKeys() throws ConfigRefusal {
    for (var names = values.fieldNames(); names.hasNext(); ) {
      String key = names.next();
      if (!known.contains(key)) {
        throw refusal(key, "is not a key this agent knows");
      }
    }
  }

  ConfigRefusal refusal(String key, String what) {
    return new ConfigRefusal(file, at(key) + " " + what);
  }

  ConfigRefusal refusal(String key, String what, Throwable cause) {
    return new ConfigRefusal(file, at(key) + " " + what, cause);
  }

  private String at(String key) {
    return name.isEmpty() ? key : name + "." + key;
  }
}
