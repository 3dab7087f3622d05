// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

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
 * @param serves whether it answers requests now; only what is in service can
 */
public record ModelState(String name, String version, Digest release, State state, boolean serves) {
  /** What it is to the device. */
  public enum State {
    /** In service. */
    ACTIVE,
    /** In service, but has not proved itself yet. */
    PROBATION,
    /** Kept to go back to. */
    PREVIOUS,
    /** Complete, and waits for the moment to be activated. */
    STAGED;

    /** As evidence and {@code status} write it. */
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    private boolean isInService() {
      return this == ACTIVE || this == PROBATION;
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
  private static final String SERVES = "serves";

  public ModelState {
    if (serves && !state.isInService()) {
      throw new IllegalArgumentException("a model that serves is not " + state.text());
    }
  }

  /** One that serves exactly when it is in service. */
  public ModelState(String name, String version, Digest release, State state) {
    this(name, version, release, state, state.isInService());
  }

  /**
   * That a model in service does not serve is a member of its own: a verifier that does not know it
   * reads the state it knows, and asks more of the device rather than less.
   */
  void write(ObjectNode node) {
    node.putArray("id").add(name).addArray().add(version).add(SEMVER);
    node.putArray("digested-measurement").add(SHA_256).add(Base64Url.encode(release.value()));
    node.put("state", state.text());
    if (serves != state.isInService()) {
      node.put(SERVES, serves);
    }
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
    State state = State.read(fields.text("state", MAX_NAME));
    return new ModelState(
        plain(id.get(0)),
        plain(id.get(1).path(0)),
        Digest.ofValue(digest),
        state,
        readServes(fields, state));
  }

  private static boolean readServes(JsonFields fields, State state) throws Malformed {
    boolean serves = fields.has(SERVES) ? fields.flag(SERVES) : state.isInService();
    if (serves && !state.isInService()) {
      throw new Malformed("a model that serves is not " + state.text());
    }
    return serves;
  }

  private static String plain(JsonNode node) throws Malformed {
    String text = node.asText();
    if (!text.matches("\\P{Cntrl}{1,100}")) {
      throw new Malformed("model name or version is not plain text");
    }
    return text;
  }
}
