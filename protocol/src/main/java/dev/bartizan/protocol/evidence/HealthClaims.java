// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.evidence;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What the agent says about itself. Signed, but its own word: only what the TPM quoted besides is
 * proved.
 *
 * @param agentVersion semantic version
 * @param uptime of the agent, in whole seconds
 * @param keystore what holds the keys: {@code tpm2}, {@code pkcs11}, {@code software}
 * @param models all models on the device
 * @param checks the agent's own checks by name
 * @param policy digest of the policy in force
 * @param historyHead head of the hash-chained update history
 * @param counters requests, errors, bytes: names and values
 */
public record HealthClaims(
    String agentVersion,
    Duration uptime,
    String keystore,
    List<ModelState> models,
    Map<String, Outcome> checks,
    Optional<Digest> policy,
    Optional<Digest> historyHead,
    Map<String, Long> counters) {
  /** Of one check ({@code measres} of RFC 9711). */
  public enum Outcome {
    SUCCESS("success", 1),
    FAIL("fail", 2),
    NOT_RUN("not-run", 3),
    ABSENT("absent", 4);

    private final String text;
    private final int number;

    Outcome(String text, int number) {
      this.text = text;
      this.number = number;
    }

    public String text() {
      return text;
    }

    int number() {
      return number;
    }

    static Outcome read(long number) throws Malformed {
      for (Outcome outcome : values()) {
        if (outcome.number == number) {
          return outcome;
        }
      }
      throw new Malformed("measres has a result RFC 9711 does not have");
    }
  }

  static final String SOFTWARE = "bartizan";
  static final String OWN_CHECKS = "bartizan:self";

  /** The version scheme "semver" of CoSWID, as RFC 9711 takes it over. */
  static final int SEMANTIC = 16_384;

  public HealthClaims {
    models = List.copyOf(models);
    checks = Collections.unmodifiableMap(new TreeMap<>(checks));
    counters = Collections.unmodifiableMap(new TreeMap<>(counters));
  }
}
