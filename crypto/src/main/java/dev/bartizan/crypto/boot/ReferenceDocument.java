// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.boot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.BootPcrs;
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
  private static final int MAX_BOOTS = 64;
  private static final int MAX_TEXT = 200;

  private static final String PCRS = "pcrs";
  private static final String EVENTS = "events";
  private static final String SECURE_BOOT = "secure_boot";
  private static final String OPEN = "open";
  private static final String BOOTS = "boots";
  private static final String FLAT_SCHEMA = "bartizan-reference/1";
  private static final String MIX =
      " has alternatives without saying which belong together: learn them anew, boot by boot";

  private ReferenceDocument() {}

  static ReferenceValues parse(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, ReferenceValues.MAX_LENGTH, "reference");
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(ReferenceValues.SCHEMA) && !schema.equals(FLAT_SCHEMA)) {
      throw new Malformed(
          "reference.schema is " + schema + ", this version reads " + ReferenceValues.SCHEMA);
    }
    return read(fields.text("profile", MAX_TEXT), fields);
  }

  static ReferenceValues read(String profile, JsonFields fields) throws Malformed {
    if (!fields.has(BOOTS)) {
      return new ReferenceValues(profile, List.of(flat(fields)), DemandedSettings.read(fields));
    }
    List<AcceptedBoot> boots = new ArrayList<>();
    for (JsonFields boot : fields.objects(BOOTS, MAX_BOOTS)) {
      Map<String, List<ExpectedEvent>> events = new TreeMap<>();
      if (boot.has(EVENTS)) {
        JsonFields pcrs = boot.object(EVENTS);
        for (String pcr : pcrs.names()) {
          events.put(pcr, sequence(pcr, pcrs.array(pcr, MAX_EVENTS)));
        }
      }
      boots.add(
          new AcceptedBoot(accepted(boot.object(PCRS)), events, secureBoot(boot), open(boot)));
    }
    return new ReferenceValues(profile, boots, DemandedSettings.read(fields));
  }

  /**
   * The form of the first schema: one boot. Where it has several values or events of more than one
   * PCR, it does not say which belong together, and any mix of them would pass.
   */
  private static AcceptedBoot flat(JsonFields fields) throws Malformed {
    Map<String, Set<String>> accepted = accepted(fields.object(PCRS));
    Map<String, List<ExpectedEvent>> events = new TreeMap<>();
    Set<String> ambiguous = new TreeSet<>();
    accepted.forEach(
        (pcr, values) -> {
          if (values.size() > 1) {
            ambiguous.add(pcr);
          }
        });
    if (fields.has(EVENTS)) {
      JsonFields pcrs = fields.object(EVENTS);
      for (String pcr : pcrs.names()) {
        List<JsonNode> alternatives = pcrs.array(pcr, MAX_VALUES);
        if (alternatives.size() != 1 || !alternatives.get(0).isArray()) {
          throw new Malformed("reference." + EVENTS + "." + pcr + MIX);
        }
        List<JsonNode> only = new ArrayList<>();
        alternatives.get(0).forEach(only::add);
        events.put(pcr, sequence(pcr, only));
      }
    }
    if (ambiguous.size() > 1) {
      throw new Malformed("reference." + PCRS + ": " + ambiguous + MIX);
    }
    return new AcceptedBoot(accepted, events, secureBoot(fields), open(fields));
  }

  private static Optional<Boolean> secureBoot(JsonFields fields) throws Malformed {
    return fields.has(SECURE_BOOT) ? Optional.of(fields.flag(SECURE_BOOT)) : Optional.empty();
  }

  private static Set<Integer> open(JsonFields fields) throws Malformed {
    Set<Integer> open = new TreeSet<>();
    if (fields.has(OPEN)) {
      for (JsonNode pcr : fields.array(OPEN, PcrBank.PCRS)) {
        if (!pcr.isInt() || !BootPcrs.ALL.contains(pcr.intValue())) {
          throw new Malformed("reference." + OPEN + " is not a list of boot PCRs");
        }
        open.add(pcr.intValue());
      }
    }
    return open;
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

  private static List<ExpectedEvent> sequence(String pcr, List<JsonNode> events) throws Malformed {
    int digits = 2 * bank(pcr).size();
    String path = "reference." + EVENTS + "." + pcr;
    if (events.size() > MAX_EVENTS) {
      throw new Malformed(path + " has more than " + MAX_EVENTS + " events");
    }
    List<ExpectedEvent> sequence = new ArrayList<>();
    for (JsonNode node : events) {
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
    ArrayNode boots = json.putArray(BOOTS);
    values.boots().forEach(boot -> write(boot, boots.addObject()));
    DemandedSettings.write(values.settings(), json);
    return StrictJson.write(json);
  }

  private static void write(AcceptedBoot boot, ObjectNode json) {
    ObjectNode pcrs = json.putObject(PCRS);
    new TreeMap<>(boot.values())
        .forEach(
            (pcr, good) -> {
              ArrayNode list = pcrs.putArray(pcr);
              new TreeSet<>(good).forEach(list::add);
            });
    if (!boot.events().isEmpty()) {
      ObjectNode events = json.putObject(EVENTS);
      new TreeMap<>(boot.events()).forEach((pcr, list) -> write(list, events.putArray(pcr)));
    }
    boot.secureBoot().ifPresent(on -> json.put(SECURE_BOOT, on));
    if (!boot.open().isEmpty()) {
      new TreeSet<>(boot.open()).forEach(json.putArray(OPEN)::add);
    }
  }

  private static void write(List<ExpectedEvent> sequence, ArrayNode list) {
    for (ExpectedEvent event : sequence) {
      ObjectNode node =
          list.addObject().put("digest", event.digest().hex()).put("meaning", event.meaning());
      if (event.optional()) {
        node.put("optional", true);
      }
    }
  }
}
