// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A JSON object of some role, whose fields are asked for by type; what is missing or of another
 * type is refused as MALFORMED. Unknown fields are left alone, as the specification wants.
 */
record Fields(RoleName role, JsonNode node) {
  private static final Pattern UTC =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{1,9})?Z");

  boolean has(String name) {
    return node.has(name);
  }

  Fields object(String name) throws TufRefusal {
    return new Fields(role, require(name, node.path(name).isObject(), "an object"));
  }

  String string(String name) throws TufRefusal {
    return require(name, node.path(name).isTextual(), "a string").textValue();
  }

  boolean bool(String name) throws TufRefusal {
    return require(name, node.path(name).isBoolean(), "true or false").booleanValue();
  }

  /** An integer of at least {@code least} that every JSON reader agrees on. */
  long integer(String name, long least) throws TufRefusal {
    JsonNode value = node.path(name);
    boolean sound =
        value.isIntegralNumber()
            && value.canConvertToLong()
            && value.longValue() >= least
            && value.longValue() <= Limits.INTEGER_MAX;
    return require(name, sound, "an integer from " + least).longValue();
  }

  /** A point in time as the specification writes it, {@code "2030-01-31T12:00:00Z"}. */
  Instant instant(String name) throws TufRefusal {
    String text = string(name);
    try {
      if (UTC.matcher(text).matches()) {
        return Instant.parse(text);
      }
    } catch (DateTimeException noSuchDay) {
      throw new TufRefusal(
          Code.MALFORMED, role.value(), "a date in \"" + name + "\"", text, noSuchDay);
    }
    throw refusal("a UTC time in \"" + name + "\"", text);
  }

  List<String> strings(String name) throws TufRefusal {
    List<String> strings = new ArrayList<>();
    for (JsonNode element : require(name, node.path(name).isArray(), "a list")) {
      strings.add(require(name, element, element.isTextual(), "strings").textValue());
    }
    return strings;
  }

  List<Fields> objects(String name) throws TufRefusal {
    List<Fields> objects = new ArrayList<>();
    for (JsonNode element : require(name, node.path(name).isArray(), "a list")) {
      objects.add(new Fields(role, require(name, element, element.isObject(), "objects")));
    }
    return objects;
  }

  /** The members of the object {@code name}, in their order, each an object itself. */
  Map<String, Fields> members(String name) throws TufRefusal {
    Map<String, Fields> members = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> member : object(name).node().properties()) {
      JsonNode value = require(name, member.getValue(), member.getValue().isObject(), "objects");
      members.put(member.getKey(), new Fields(role, value));
    }
    return members;
  }

  Hashes hashes(String name) throws TufRefusal {
    Map<String, Bytes> byAlgorithm = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> hash : object(name).node().properties()) {
      byAlgorithm.put(hash.getKey(), hex(name, hash.getValue()));
    }
    if (byAlgorithm.isEmpty()) {
      throw refusal("a digest in \"" + name + "\"", "none");
    }
    return new Hashes(byAlgorithm);
  }

  /** Absent fields are the caller's choice, present but wrong ones are not. */
  Optional<Hashes> findHashes(String name) throws TufRefusal {
    return has(name) ? Optional.of(hashes(name)) : Optional.empty();
  }

  TufRefusal refusal(String expected, String found) {
    return new TufRefusal(Code.MALFORMED, role, expected, found);
  }

  private Bytes hex(String name, JsonNode value) throws TufRefusal {
    String text = require(name, value, value.isTextual(), "strings").textValue();
    try {
      return Bytes.ofHex(text);
    } catch (IllegalArgumentException notHex) {
      throw new TufRefusal(
          Code.MALFORMED, role.value(), "hexadecimal in \"" + name + "\"", text, notHex);
    }
  }

  private JsonNode require(String name, boolean sound, String expected) throws TufRefusal {
    return require(name, node.path(name), sound, expected);
  }

  private JsonNode require(String name, JsonNode value, boolean sound, String expected)
      throws TufRefusal {
    if (!sound) {
      String found = value.isMissingNode() ? "nothing" : value.toString();
      throw refusal(expected + " in \"" + name + "\"", found);
    }
    return value;
  }
}
