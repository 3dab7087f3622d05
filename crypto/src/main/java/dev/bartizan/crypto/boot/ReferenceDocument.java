package dev.bartizan.crypto.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** {@code reference/PROFILE.json}. */
final class ReferenceDocument {
  private static final int MAX_VALUES = 64;
  private static final int MAX_EVENTS = 1024;
  private static final int MAX_TEXT = 200;

  private static final String PCRS = "pcrs";
  private static final String EVENTS = "events";
  private static final String SECURE_BOOT = "secure_boot";

  private ReferenceDocument() {}

  static ReferenceValues parse(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, ReferenceValues.MAX_LENGTH, "reference");
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(ReferenceValues.SCHEMA)) {
      throw new Malformed(
          "reference.schema is " + schema + ", this version reads " + ReferenceValues.SCHEMA);
    }
    return read(fields.text("profile", MAX_TEXT), fields);
  }

  static ReferenceValues read(String profile, JsonFields fields) throws Malformed {
    Optional<Boolean> secureBoot =
        fields.has(SECURE_BOOT) ? Optional.of(fields.flag(SECURE_BOOT)) : Optional.empty();
    Map<String, List<List<ExpectedEvent>>> events =
        fields.has(EVENTS) ? events(fields.object(EVENTS)) : Map.of();
    return new ReferenceValues(profile, accepted(fields.object(PCRS)), events, secureBoot);
  }

  private static Map<String, Set<String>> accepted(JsonFields pcrs) throws Malformed {
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (String pcr : pcrs.names()) {
      int digits = 2 * bank(pcr).size();
      List<String> values = pcrs.texts(pcr, MAX_VALUES, MAX_TEXT);
      for (String value : values) {
        requireDigest(value, digits, PCRS + "." + pcr);
      }
      accepted.put(pcr, Set.copyOf(values));
    }
    return accepted;
  }

  private static Map<String, List<List<ExpectedEvent>>> events(JsonFields pcrs) throws Malformed {
    Map<String, List<List<ExpectedEvent>>> events = new TreeMap<>();
    for (String pcr : pcrs.names()) {
      List<List<ExpectedEvent>> alternatives = new ArrayList<>();
      for (JsonNode alternative : pcrs.array(pcr, MAX_VALUES)) {
        alternatives.add(sequence(pcr, alternative));
      }
      events.put(pcr, alternatives);
    }
    return events;
  }

  private static List<ExpectedEvent> sequence(String pcr, JsonNode alternative) throws Malformed {
    int digits = 2 * bank(pcr).size();
    String path = "reference." + EVENTS + "." + pcr;
    if (!alternative.isArray() || alternative.size() > MAX_EVENTS) {
      throw new Malformed(path + " is not a list of lists of at most " + MAX_EVENTS + " events");
    }
    List<ExpectedEvent> sequence = new ArrayList<>();
    for (JsonNode node : alternative) {
      JsonFields event = JsonFields.of(path, node);
      String digest = event.text("digest", MAX_TEXT);
      requireDigest(digest, digits, EVENTS + "." + pcr);
      boolean optional = event.has("optional") && event.flag("optional");
      sequence.add(
          new ExpectedEvent(Bytes.ofHex(digest), event.text("meaning", MAX_TEXT), optional));
    }
    return List.copyOf(sequence);
  }

  private static TpmHash bank(String pcr) throws Malformed {
    if (!pcr.matches("(sha1|sha256|sha384|sha512):" + PcrBank.NUMBER)) {
      throw new Malformed("reference." + PCRS + "." + pcr + " is not written as in sha256:7");
    }
    return TpmHash.find(pcr.substring(0, pcr.indexOf(':'))).orElseThrow();
  }

  private static void requireDigest(String hex, int digits, String at) throws Malformed {
    if (hex.length() != digits || !hex.matches("[0-9a-f]*")) {
      throw new Malformed(
          "reference." + at + " has a value that is not " + digits + " hexadecimal digits");
    }
  }

  static byte[] write(ReferenceValues values) {
    ObjectNode json =
        StrictJson.object().put("schema", ReferenceValues.SCHEMA).put("profile", values.profile());
    ObjectNode pcrs = json.putObject(PCRS);
    new TreeMap<>(values.accepted())
        .forEach(
            (pcr, good) -> {
              ArrayNode list = pcrs.putArray(pcr);
              new TreeSet<>(good).forEach(list::add);
            });
    if (!values.events().isEmpty()) {
      ObjectNode events = json.putObject(EVENTS);
      new TreeMap<>(values.events())
          .forEach((pcr, alternatives) -> write(alternatives, events.putArray(pcr)));
    }
    values.secureBoot().ifPresent(on -> json.put(SECURE_BOOT, on));
    return StrictJson.write(json);
  }

  private static void write(List<List<ExpectedEvent>> alternatives, ArrayNode json) {
    for (List<ExpectedEvent> sequence : alternatives) {
      ArrayNode list = json.addArray();
      for (ExpectedEvent event : sequence) {
        ObjectNode node =
            list.addObject().put("digest", event.digest().hex()).put("meaning", event.meaning());
        if (event.optional()) {
          node.put("optional", true);
        }
      }
    }
  }
}
