// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.PcrBank;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * What a boot may look like, per hardware profile: {@code {"schema":…,"profiles":{"default":
 * {"pcrs":…,"events":…}}}}, each as the signed document has it. Whole values of the SHA-256 bank
 * may be written in short: {@code {"sha256":{"7":["hex", …]}}}.
 *
 * @param profiles by name
 */
record KnownProfiles(Map<String, ReferenceValues> profiles) {
  static final int MAX_LENGTH = 8 * 1024 * 1024;

  private static final String PCRS = "pcrs";
  private static final String BOOTS = "boots";
  private static final String SHORT = "sha256";
  private static final int MAX_ALTERNATIVES = 256;
  private static final int MAX_HEX = 64;

  KnownProfiles {
    profiles = Map.copyOf(profiles);
  }

  static KnownProfiles none() {
    return new KnownProfiles(Map.of());
  }

  static KnownProfiles read(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    ReferenceStore.PROFILES.require(document, what);
    JsonFields named = document.object("profiles");
    Map<String, ReferenceValues> profiles = new HashMap<>();
    for (String profile : named.names()) {
      JsonFields members = named.object(profile);
      profiles.put(
          profile,
          members.has(PCRS) || members.has(BOOTS)
              ? ReferenceValues.read(profile, members)
              : inShort(profile, members, what));
    }
    return new KnownProfiles(profiles);
  }

  /** What is known of a profile, if anything is. */
  Optional<ReferenceValues> find(String profile) {
    return Optional.ofNullable(profiles.get(profile));
  }

  /** Of a profile of which nothing is said at all, nothing is known; that is no good boot. */
  private static ReferenceValues inShort(String profile, JsonFields members, String what)
      throws Malformed {
    return members.has(SHORT)
        ? ReferenceValues.ofValues(profile, inShort(members.object(SHORT), what))
        : ReferenceValues.none(profile);
  }

  private static Map<String, Set<String>> inShort(JsonFields bank, String what) throws Malformed {
    Map<String, Set<String>> accepted = new TreeMap<>();
    for (String pcr : bank.names()) {
      if (!pcr.matches(PcrBank.NUMBER)) {
        throw new Malformed(what + ": there is no PCR " + pcr);
      }
      for (String hex : bank.texts(pcr, MAX_ALTERNATIVES, MAX_HEX)) {
        JsonFields.parseDigest(what + ": sha256." + pcr, hex);
      }
      accepted.put(SHORT + ":" + pcr, Set.copyOf(bank.texts(pcr, MAX_ALTERNATIVES, MAX_HEX)));
    }
    return accepted;
  }
}
