// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
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

    boolean isInService() {
      return this == ACTIVE || this == PROBATION;
    }

    static State read(String text) throws Malformed {
      for (State state : values()) {
        if (state.text().equals(text)) {
          return state;
        }
      }
      throw new Malformed("model state is none we know");
    }
  }

  public ModelState {
    if (serves && !state.isInService()) {
      throw new IllegalArgumentException("a model that serves is not " + state.text());
    }
  }

  /** One that serves exactly when it is in service. */
  public ModelState(String name, String version, Digest release, State state) {
    this(name, version, release, state, state.isInService());
  }
}
