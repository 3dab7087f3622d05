package dev.bartizan.crypto.statement;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import java.util.List;
import java.util.Locale;

/**
 * A model on the device, as a measured component (draft-ietf-rats-eat-measured-component).
 *
 * @param release digest of its signed release manifest
 */
public record ModelState(String name, String version, Digest release, State state) {
  /** What the device does with it. */
  public enum State {
    /** Serves. */
    ACTIVE,
    /** Serves, but has not proved itself yet. */
    PROBATION,
    /** Kept to go back to. */
    PREVIOUS,
    /** Ready to be activated. */
    STAGED;

    private String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    private static State read(String text) throws Malformed {
      for (State state : values()) {
        if (state.text().equals(text)) {
          return state;
        }
      }
      throw new Malformed("model state is none we know");
    }
  }

  private static final int MAX_NAME = 100;
  private static final int SEMVER = 16_384;
  private static final String SHA_256 = "sha-256";

  /** Whether it answers requests now. */
  public boolean serves() {
    return state == State.ACTIVE || state == State.PROBATION;
  }

  void write(ObjectNode node) {
    node.putArray("id").add(name).addArray().add(version).add(SEMVER);
    node.putArray("digested-measurement").add(SHA_256).add(Base64Url.encode(release.value()));
    node.put("state", state.text());
  }

  static ModelState read(JsonFields fields) throws Malformed {
    List<JsonNode> id = fields.array("id", 2);
    List<JsonNode> measurement = fields.array("digested-measurement", 2);
    if (id.size() != 2 || measurement.size() != 2 || !measurement.get(0).asText().equals(SHA_256)) {
      throw new Malformed("model is not a component measured with SHA-256");
    }
    byte[] digest = Base64Url.decode(measurement.get(1).asText(), "model digest").toArray();
    if (digest.length != Digest.LENGTH) {
      throw new Malformed("model digest has " + digest.length + " bytes");
    }
    return new ModelState(
        plain(id.get(0)),
        plain(id.get(1).path(0)),
        Digest.ofValue(digest),
        State.read(fields.text("state", MAX_NAME)));
  }

  private static String plain(JsonNode node) throws Malformed {
    String text = node.asText();
    if (!text.matches("\\P{Cntrl}{1,100}")) {
      throw new Malformed("model name or version is not plain text");
    }
    return text;
  }
}
