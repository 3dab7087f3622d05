// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.result.TrustTier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * How long a device's identity certificate lives, and what it must have proved to get the next one.
 *
 * @param identity of a certificate
 * @param rules the first that fits a device is the one that counts; none gives none
 */
public record LifeOfCredentials(Duration identity, List<Rule> rules) {
  /**
   * What one kind of device must have proved.
   *
   * @param profile of hardware; empty for all
   * @param worst the worst tier of an attestation result that renews, {@code affirming} or {@code
   *     warning}: what is worse, or says nothing, never does
   * @param age how old the result may be
   */
  public record Rule(
      Protection.Kind keystore, Optional<String> profile, TrustTier worst, Duration age) {
    public Rule {
      if (worst != TrustTier.AFFIRMING && worst != TrustTier.WARNING) {
        throw new IllegalArgumentException("renewal upon " + worst.text() + " would be upon all");
      }
      require(age, MIN_AGE, MAX_AGE, "the age of a result");
    }

    boolean fits(Protection.Kind kind, String name) {
      return keystore == kind && profile.map(name::equals).orElse(true);
    }
  }

  /** Shorter, and a device would do nothing else. */
  private static final Duration MIN_IDENTITY = Duration.ofMinutes(1);

  /** Longer, and it would not be a credential that dies with trust. */
  private static final Duration MAX_IDENTITY = Duration.ofDays(90);

  private static final int RETURNED_SHARE = 24;
  private static final Duration MIN_AGE = Duration.ofSeconds(10);
  private static final Duration MAX_AGE = Duration.ofDays(7);
  private static final int MAX_RULES = 100;
  private static final int MAX_TEXT = 100;
  private static final Duration HOUR = Duration.ofHours(1);

  /** A day; a chip affirms, a keystore without one cannot, and must not be contradicted. */
  public static final LifeOfCredentials DEFAULT =
      new LifeOfCredentials(
          Duration.ofHours(24),
          List.of(
              new Rule(Protection.Kind.TPM2, Optional.empty(), TrustTier.AFFIRMING, HOUR),
              new Rule(Protection.Kind.PKCS11, Optional.empty(), TrustTier.WARNING, HOUR),
              new Rule(Protection.Kind.SOFTWARE, Optional.empty(), TrustTier.WARNING, HOUR)));

  public LifeOfCredentials {
    require(identity, MIN_IDENTITY, MAX_IDENTITY, "the life of an identity certificate");
    rules = List.copyOf(rules);
  }

  /** The default with another life of certificates. */
  public static LifeOfCredentials of(Duration identity) {
    return new LifeOfCredentials(identity, DEFAULT.rules());
  }

  /** Of the first certificate of a device that came back by its chip alone: an hour of a day. */
  public Duration identityOfReturned() {
    Duration share = identity.dividedBy(RETURNED_SHARE);
    return share.compareTo(MIN_IDENTITY) < 0 ? MIN_IDENTITY : share;
  }

  /** What a device of this kind must have proved; empty when it gets no renewal at all. */
  public Optional<Rule> rule(Protection.Kind keystore, String profile) {
    return rules.stream().filter(rule -> rule.fits(keystore, profile)).findFirst();
  }

  void write(ObjectNode document) {
    document.put("identity_lifetime_seconds", identity.toSeconds());
    ArrayNode list = document.putArray("renewal");
    for (Rule rule : rules) {
      ObjectNode entry = list.addObject().put("keystore", rule.keystore().text());
      rule.profile().ifPresent(name -> entry.put("profile", name));
      entry.put("worst", rule.worst().text()).put("age_seconds", rule.age().toSeconds());
    }
  }

  /** Files of before there was a choice have none of it. */
  static LifeOfCredentials read(JsonFields document) throws Malformed {
    if (!document.has("identity_lifetime_seconds")) {
      return DEFAULT;
    }
    Duration identity = Duration.ofSeconds(document.number("identity_lifetime_seconds"));
    List<Rule> rules = new ArrayList<>();
    for (JsonFields entry : document.objects("renewal", MAX_RULES)) {
      rules.add(
          new Rule(
              keystore(entry.text("keystore", MAX_TEXT)),
              entry.findText("profile", MAX_TEXT),
              tier(entry.text("worst", MAX_TEXT)),
              Duration.ofSeconds(entry.number("age_seconds"))));
    }
    return new LifeOfCredentials(identity, rules);
  }

  private static Protection.Kind keystore(String text) {
    return Protection.Kind.find(text)
        .orElseThrow(() -> new IllegalArgumentException("renewal: no keystore is " + text));
  }

  private static TrustTier tier(String text) {
    for (TrustTier tier : TrustTier.values()) {
      if (tier.text().equals(text)) {
        return tier;
      }
    }
    throw new IllegalArgumentException("renewal: no tier is " + text);
  }

  private static void require(Duration value, Duration min, Duration max, String what) {
    if (value.compareTo(min) < 0 || value.compareTo(max) > 0) {
      throw new IllegalArgumentException(what + " is between " + min + " and " + max);
    }
  }
}
