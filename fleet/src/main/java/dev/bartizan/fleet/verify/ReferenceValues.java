package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What PCRs may hold, per hardware profile: {@code {"profiles":{"default":{"sha256":{"7":["hex",
 * …]}}}}}. Only the SHA-256 bank.
 *
 * @param profiles profile, then PCR, then the digests allowed there
 */
record ReferenceValues(Map<String, Map<Integer, Set<Digest>>> profiles) {
  static final int MAX_LENGTH = 1024 * 1024;

  private static final int MAX_ALTERNATIVES = 256;
  private static final int MAX_HEX = 64;

  ReferenceValues {
    profiles = Map.copyOf(profiles);
  }

  static ReferenceValues none() {
    return new ReferenceValues(Map.of());
  }

  static ReferenceValues read(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what).object("profiles");
    Map<String, Map<Integer, Set<Digest>>> profiles = new HashMap<>();
    for (String profile : document.names()) {
      profiles.put(profile, pcrs(document.object(profile).object("sha256"), what));
    }
    return new ReferenceValues(profiles);
  }

  /** The PCRs to compare and what they may hold; none when nothing is known of the profile. */
  Map<Integer, Set<Digest>> of(String profile) {
    return profiles.getOrDefault(profile, Map.of());
  }

  private static Map<Integer, Set<Digest>> pcrs(JsonFields bank, String what) throws Malformed {
    Map<Integer, Set<Digest>> pcrs = new TreeMap<>();
    for (String pcr : bank.names()) {
      if (!pcr.matches("\\d|1\\d|2[0-3]")) {
        throw new Malformed(what + ": there is no PCR " + pcr);
      }
      Set<Digest> allowed = new HashSet<>();
      for (String hex : bank.texts(pcr, MAX_ALTERNATIVES, MAX_HEX)) {
        allowed.add(digest(hex, what));
      }
      pcrs.put(Integer.valueOf(pcr), Set.copyOf(allowed));
    }
    return pcrs;
  }

  private static Digest digest(String hex, String what) throws Malformed {
    try {
      return Digest.ofHex(hex);
    } catch (IllegalArgumentException notADigest) {
      throw new Malformed(what + ": not a SHA-256 value: " + hex, notADigest);
    }
  }
}
