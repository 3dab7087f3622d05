// SPDX-License-Identifier: Apache-2.0
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
 * {"schema":…,"releases":[{"name":…,"version":…,"digests":["hex",…]}],"software":[…]}}.
 *
 * @param byDigest digest of a model's release manifest, and which release that is
 * @param software the same for manifests of the agent's files
 */
record KnownReleases(Map<Digest, Release> byDigest, Map<Digest, Release> software) {
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
    software = Map.copyOf(software);
  }

  static KnownReleases none() {
    return new KnownReleases(Map.of(), Map.of());
  }

  static KnownReleases read(byte[] json, String what) throws Malformed {
    JsonFields document = StrictJson.read(json, MAX_LENGTH, what);
    ReferenceStore.RELEASES.require(document, what);
    return new KnownReleases(
        byDigest(document, "releases", what),
        document.has("software") ? byDigest(document, "software", what) : Map.of());
  }

  private static Map<Digest, Release> byDigest(JsonFields document, String list, String what)
      throws Malformed {
    Map<Digest, Release> releases = new HashMap<>();
    for (JsonFields entry : document.objects(list, MAX_RELEASES)) {
      Release release = new Release(entry.text("name", MAX_TEXT), entry.text("version", MAX_TEXT));
      for (String hex : entry.texts("digests", MAX_DIGESTS, MAX_TEXT)) {
        releases.put(digest(hex, what), release);
      }
    }
    return releases;
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
