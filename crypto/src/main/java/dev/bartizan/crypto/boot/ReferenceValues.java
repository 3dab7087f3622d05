package dev.bartizan.crypto.boot;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The PCR values that are acceptable on one kind of hardware (RFC 9334: reference values), signed
 * as the target {@code reference/PROFILE.json}.
 *
 * @param profile the kind of hardware
 * @param accepted by PCR as {@code "sha256:7"}: every value that is good, in lower-case hexadecimal
 */
public record ReferenceValues(String profile, Map<String, Set<String>> accepted) {
  public static final String SCHEMA = "bartizan-reference/1";
  public static final int MAX_LENGTH = 256 * 1024;

  private static final int MAX_VALUES = 64;
  private static final int MAX_TEXT = 128;

  public ReferenceValues {
    accepted = Map.copyOf(accepted);
  }

  /** Reference values that accept exactly what was found: learned from a golden device. */
  public static ReferenceValues learn(String profile, PcrValues found) {
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (PcrBank bank : found.selection().banks()) {
      for (int pcr : bank.pcrs()) {
        found
            .find(bank.hash(), pcr)
            .ifPresent(value -> accepted.put(name(bank.hash(), pcr), Set.of(value.hex())));
      }
    }
    return new ReferenceValues(profile, accepted);
  }

  /** Judges every PCR that was found: without a reference it is unknown. */
  public ChainVerdict judge(PcrValues found) {
    List<Link> links = new ArrayList<>();
    for (PcrBank bank : found.selection().banks()) {
      for (int pcr : bank.pcrs()) {
        String value = found.find(bank.hash(), pcr).map(Bytes::hex).orElse("none");
        links.add(judge(name(bank.hash(), pcr), value));
      }
    }
    return new ChainVerdict(links);
  }

  private Link judge(String pcr, String value) {
    Set<String> good = accepted.get(pcr);
    if (good == null) {
      return Link.unknown("pcr " + pcr, "no reference value in profile " + profile, value);
    }
    return good.contains(value)
        ? Link.good("pcr " + pcr, value)
        : Link.bad("pcr " + pcr, String.join(" or ", new TreeSet<>(good)), value);
  }

  private static String name(TpmHash bank, int pcr) {
    return bank.text() + ":" + pcr;
  }

  /** Reads a document whose bytes have been checked against signed metadata. */
  public static ReferenceValues parse(byte[] json) throws Malformed {
    JsonFields fields = StrictJson.read(json, MAX_LENGTH, "reference");
    String schema = fields.text("schema", MAX_TEXT);
    if (!schema.equals(SCHEMA)) {
      throw new Malformed("reference.schema is " + schema + ", this version reads " + SCHEMA);
    }
    JsonFields pcrs = fields.object("pcrs");
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (String pcr : pcrs.names()) {
      if (!pcr.matches("(sha1|sha256|sha384|sha512):\\d{1,2}")) {
        throw new Malformed("reference.pcrs." + pcr + " is not written as in sha256:7");
      }
      accepted.put(pcr, Set.copyOf(pcrs.texts(pcr, MAX_VALUES, MAX_TEXT)));
    }
    return new ReferenceValues(fields.text("profile", MAX_TEXT), accepted);
  }

  /** The document as it is published. */
  public byte[] toJson() {
    ObjectNode json = StrictJson.object().put("schema", SCHEMA).put("profile", profile);
    ObjectNode pcrs = json.putObject("pcrs");
    new TreeMap<>(accepted)
        .forEach(
            (pcr, values) -> {
              ArrayNode list = pcrs.putArray(pcr);
              new TreeSet<>(values).forEach(list::add);
            });
    return StrictJson.write(json);
  }
}
