// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The members of one JSON object from outside. Each accessor says what it expects and refuses
 * anything else, naming the member by its path; members nobody asks for are ignored.
 */
public final class JsonFields {
  private static final long LAST_SECOND = 253_402_300_799L; // year 9999

  private final String path;
  private final ObjectNode members;

  private JsonFields(String path, ObjectNode members) {
    this.path = path;
    this.members = members;
  }

  public static JsonFields of(String path, JsonNode node) throws Malformed {
    if (node instanceof ObjectNode members) {
      return new JsonFields(path, members);
    }
    throw new Malformed(path + " is not a JSON object");
  }

  /**
   * The same without the members that are {@code null}, for requests of clients that write an
   * absent member so. In what is signed or kept nothing is ever {@code null}.
   */
  public JsonFields withoutNulls() {
    ObjectNode left = members.deepCopy();
    left.properties().removeIf(member -> member.getValue().isNull());
    return new JsonFields(path, left);
  }

  public boolean has(String name) {
    return members.has(name);
  }

  public List<String> names() {
    List<String> names = new ArrayList<>();
    members.fieldNames().forEachRemaining(names::add);
    return List.copyOf(names);
  }

  /** Text of 1 to {@code maxLength} characters without control characters. */
  public String text(String name, int maxLength) throws Malformed {
    return text(at(name), get(name), maxLength);
  }

  public Optional<String> findText(String name, int maxLength) throws Malformed {
    return has(name) ? Optional.of(text(name, maxLength)) : Optional.empty();
  }

  /** Text that may have line breaks, as PEM has: 1 to {@code maxLength} characters. */
  public String lines(String name, int maxLength) throws Malformed {
    JsonNode node = get(name);
    if (!node.isTextual() || node.textValue().isEmpty() || node.textValue().length() > maxLength) {
      throw new Malformed(at(name) + " is not text of 1 to " + maxLength + " characters");
    }
    return node.textValue();
  }

  /** A whole number in 0..2^63-1. */
  public long number(String name) throws Malformed {
    JsonNode node = get(name);
    if (!node.isIntegralNumber() || !node.canConvertToLong() || node.longValue() < 0) {
      throw new Malformed(at(name) + " is not a whole number");
    }
    return node.longValue();
  }

  public boolean flag(String name) throws Malformed {
    JsonNode node = get(name);
    if (!node.isBoolean()) {
      throw new Malformed(at(name) + " is not true or false");
    }
    return node.booleanValue();
  }

  /** Seconds since 1970, whole, up to the year 9999 (NumericDate of RFC 7519 without fractions). */
  public Instant instant(String name) throws Malformed {
    long seconds = number(name);
    if (seconds > LAST_SECOND) {
      throw new Malformed(at(name) + " is not a time before the year 10000");
    }
    return Instant.ofEpochSecond(seconds);
  }

  /** Base64url without padding, of at most {@code maxBytes} bytes. */
  public Bytes base64url(String name, int maxBytes) throws Malformed {
    return Base64Url.decode(lines(name, maxBytes / 3 * 4 + 4), at(name));
  }

  /** A SHA-256 digest as 64 lower-case hexadecimal digits. */
  public Digest digest(String name) throws Malformed {
    return parseDigest(at(name), text(name, 2 * Digest.LENGTH));
  }

  public Optional<Digest> findDigest(String name) throws Malformed {
    return has(name) ? Optional.of(digest(name)) : Optional.empty();
  }

  public JsonFields object(String name) throws Malformed {
    return of(at(name), get(name));
  }

  /** An array of at most {@code max} objects. */
  public List<JsonFields> objects(String name, int max) throws Malformed {
    List<JsonFields> objects = new ArrayList<>();
    for (JsonNode element : array(name, max)) {
      objects.add(of(at(name) + "[" + objects.size() + "]", element));
    }
    return List.copyOf(objects);
  }

  /** An array of at most {@code max} texts, each as {@link #text}. */
  public List<String> texts(String name, int max, int maxLength) throws Malformed {
    List<String> texts = new ArrayList<>();
    for (JsonNode element : array(name, max)) {
      texts.add(text(at(name) + "[" + texts.size() + "]", element, maxLength));
    }
    return List.copyOf(texts);
  }

  /** An object whose members, at most {@code max}, are all texts; sorted by name. */
  public Map<String, String> textMap(String name, int max, int maxLength) throws Malformed {
    JsonFields object = object(name);
    if (object.members.size() > max) {
      throw new Malformed(at(name) + " has more than " + max + " members");
    }
    Map<String, String> texts = new TreeMap<>();
    for (String key : object.names()) {
      texts.put(key, object.text(key, maxLength));
    }
    return texts;
  }

  /** An array of arrays or of anything else, for shapes that other standards chose. */
  public List<JsonNode> array(String name, int max) throws Malformed {
    JsonNode node = get(name);
    if (!node.isArray() || node.size() > max) {
      throw new Malformed(at(name) + " is not an array of at most " + max + " elements");
    }
    List<JsonNode> elements = new ArrayList<>();
    node.forEach(elements::add);
    return List.copyOf(elements);
  }

  /** The object as it was read, for whoever passes it on unread. */
  public ObjectNode tree() {
    return members.deepCopy();
  }

  /** A number in 0..{@code max}, with or without a fraction. */
  public double fraction(String name, double max) throws Malformed {
    JsonNode node = get(name);
    if (!node.isNumber() || !(node.doubleValue() >= 0 && node.doubleValue() <= max)) {
      throw new Malformed(at(name) + " is not a number between 0 and " + max);
    }
    return node.doubleValue();
  }

  /** A digest from the middle of an array; {@code at} is its path, for the message. */
  public static Digest parseDigest(String at, String hex) throws Malformed {
    if (hex.length() != 2 * Digest.LENGTH || !hex.matches("[0-9a-f]*")) {
      throw new Malformed(at + " is not a SHA-256 digest in lower-case hexadecimal");
    }
    return Digest.ofHex(hex);
  }

  private static String text(String at, JsonNode node, int maxLength) throws Malformed {
    String text = node.isTextual() ? node.textValue() : "";
    if (text.isEmpty()
        || text.length() > maxLength
        || text.chars().anyMatch(Character::isISOControl)) {
      throw new Malformed(at + " is not plain text of 1 to " + maxLength + " characters");
    }
    return text;
  }

  private JsonNode get(String name) throws Malformed {
    JsonNode node = members.get(name);
    if (node == null) {
      throw new Malformed(at(name) + " is missing");
    }
    return node;
  }

  private String at(String name) {
    return path + "." + name;
  }
}
