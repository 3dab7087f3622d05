package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The releases the operator made: {@code
 * {"releases":[{"name":…,"version":…,"digests":["hex",…]}]}}.
 *
 * @param byDigest digest of a release manifest, and which release that is
 */
record KnownReleases(Map<Digest, Release> byDigest) {
  static final int MAX_LENGTH = 4 * 1024 * 1024;

  private static final int MAX_RELEASES = 10_000;
  private static final int MAX_DIGESTS = 64;
  private static final int MAX_TEXT = 100;

  /** One version of one component. */
  record Release(String name, String version) {
    /** As an agent describes it in its log. */
    String description() {
      return name + " " + version;
    }
  }

  KnownReleases {
    byDigest = Map.copyOf(byDigest);
  }

  static KnownReleases none() {
    return new KnownReleases(Map.of());
  }

  static KnownReleases read(byte[] json, String what) throws Malformed {
    Map<Digest, Release> releases = new HashMap<>();
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    for (JsonFields entry : document.objects("releases", MAX_RELEASES)) {
      Release release = new Release(entry.text("name", MAX_TEXT), entry.text("version", MAX_TEXT));
      for (String hex : entry.texts("digests", MAX_DIGESTS, MAX_TEXT)) {
        releases.put(digest(hex, what), release);
      }
    }
    return new KnownReleases(releases);
  }

  Optional<Release> find(Digest digest) {
    return Optional.ofNullable(byDigest.get(digest));
  }

  private static Digest digest(String hex, String what) throws Malformed {
    try {
      return Digest.ofHex(hex);
    } catch (IllegalArgumentException notADigest) {
      throw new Malformed(what + ": not a SHA-256 value: " + hex, notADigest);
    }
  }
}
