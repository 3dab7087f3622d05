// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Iterator;
import java.util.Map;
import java.util.TreeMap;

/**
 * OLPC canonical JSON, the form TUF signatures are made over: no white space, keys sorted by code
 * point, only {@code "} and {@code \} escaped, integers only, UTF-8.
 */
public final class CanonicalJson {
  /** Java compares UTF-16 units, which sorts characters beyond U+FFFF differently from UTF-8. */
  private static final Comparator<String> BY_CODE_POINT =
      (a, b) -> {
        Iterator<Integer> left = a.codePoints().iterator();
        Iterator<Integer> right = b.codePoints().iterator();
        while (left.hasNext() && right.hasNext()) {
          int order = Integer.compare(left.next(), right.next());
          if (order != 0) {
            return order;
          }
        }
        return Boolean.compare(left.hasNext(), right.hasNext());
      };

  private CanonicalJson() {}

  /**
   * The canonical bytes of {@code node}.
   *
   * @throws IllegalArgumentException when it holds what has no canonical form: a fraction, or half
   *     a surrogate pair (two different documents must never have the same signed bytes)
   */
  public static byte[] encode(JsonNode node) {
    StringBuilder text = new StringBuilder();
    append(node, text);
    try {
      ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
      byte[] bytes = new byte[utf8.remaining()];
      utf8.get(bytes);
      return bytes;
    } catch (CharacterCodingException halfPair) {
      throw new IllegalArgumentException("a string with half a surrogate pair", halfPair);
    }
  }

  private static void append(JsonNode node, StringBuilder text) {
    switch (node.getNodeType()) {
      case OBJECT -> appendObject(node, text);
      case ARRAY -> appendArray(node, text);
      case STRING -> appendString(node.textValue(), text);
      case NUMBER -> text.append(integer(node));
      case BOOLEAN -> text.append(node.booleanValue());
      case NULL -> text.append("null");
      case BINARY, MISSING, POJO ->
          throw new IllegalArgumentException("not a JSON value: " + node.getNodeType());
    }
  }

  private static void appendObject(JsonNode object, StringBuilder text) {
    Map<String, JsonNode> sorted = new TreeMap<>(BY_CODE_POINT);
    object.properties().forEach(field -> sorted.put(field.getKey(), field.getValue()));
    String separator = "{";
    for (Map.Entry<String, JsonNode> field : sorted.entrySet()) {
      appendString(field.getKey(), text.append(separator));
      append(field.getValue(), text.append(':'));
      separator = ",";
    }
    text.append(sorted.isEmpty() ? "{}" : "}");
  }

  private static void appendArray(JsonNode array, StringBuilder text) {
    String separator = "";
    text.append('[');
    for (JsonNode element : array) {
      append(element, text.append(separator));
      separator = ",";
    }
    text.append(']');
  }

  private static void appendString(String string, StringBuilder text) {
    text.append('"');
    for (int i = 0; i < string.length(); i++) {
      char c = string.charAt(i);
      if (c == '"' || c == '\\') {
        text.append('\\');
      }
      text.append(c);
    }
    text.append('"');
  }

  private static String integer(JsonNode number) {
    if (!number.isIntegralNumber()) {
      throw new IllegalArgumentException("a number that is not an integer");
    }
    return number.bigIntegerValue().toString();
  }
}
