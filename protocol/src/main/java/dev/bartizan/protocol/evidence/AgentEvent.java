// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.TpmHash;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * One thing the agent measured before it used it.
 *
 * @param kind what it is
 * @param digest of the thing itself: a release manifest for a model
 * @param description for people and for matching: {@code defect 2.1.0}; plain text
 */
public record AgentEvent(Kind kind, Digest digest, String description) {
  /** What the agent measures. */
  public enum Kind {
    /** The manifest of the agent's own files. */
    SOFTWARE("software", 1),
    /** The policy document in force. */
    POLICY("policy", 2),
    /** A model release that was loaded; described as its name, a space, its version. */
    MODEL("model", 3),
    /** Settings of the machine, as {@link MachineSettings} writes them. */
    SETTINGS("settings", 4);

    private final String text;
    private final int number;

    Kind(String text, int number) {
      this.text = text;
      this.number = number;
    }

    public String text() {
      return text;
    }

    int number() {
      return number;
    }

    static Kind read(long number, String what) throws Malformed {
      for (Kind kind : values()) {
        if (kind.number == number) {
          return kind;
        }
      }
      throw new Malformed(what + " is of an unknown kind");
    }

    static Kind read(String text, String what) throws Malformed {
      for (Kind kind : values()) {
        if (kind.text.equals(text)) {
          return kind;
        }
      }
      throw new Malformed(what + " is of an unknown kind");
    }
  }

  static final int MAX_DESCRIPTION = 200;

  private static final Pattern DESCRIPTION = Pattern.compile("\\P{Cntrl}{1,200}");
  private static final String DOMAIN = "bartizan-event/1";

  public AgentEvent {
    if (!DESCRIPTION.matcher(description).matches()) {
      throw new IllegalArgumentException("an event's description is 1 to 200 plain characters");
    }
  }

  /** The event of a model release that is about to be loaded. */
  public static AgentEvent model(String name, String version, Digest release) {
    return new AgentEvent(Kind.MODEL, release, name + " " + version);
  }

  /**
   * What is extended into the PCR: SHA-256 of {@code "bartizan-event/1" 00 kind 00 digest
   * description}. Every field is covered, so every field may be judged.
   */
  public Digest measurement() {
    return new Digest(measurement(TpmHash.SHA256));
  }

  /** The same for another bank: by its own hash. */
  public Bytes measurement(TpmHash bank) {
    return Bytes.of(
        bank.digest(
            (DOMAIN + "\0" + kind.text() + "\0").getBytes(StandardCharsets.UTF_8),
            digest.value().toArray(),
            description.getBytes(StandardCharsets.UTF_8)));
  }
}
