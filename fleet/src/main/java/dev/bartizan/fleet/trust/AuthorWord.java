// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.WrappedKey;
import dev.bartizan.fleet.verify.ReferenceStore;
import dev.bartizan.protocol.release.ReleaseName;
import java.io.IOException;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;

/**
 * What the author says, verified.
 *
 * @param models releases of models, each with the digest of its manifest
 * @param software the same of the agent
 * @param references what the boots of hardware profiles look like
 * @param keys content keys by release, wrapped to this fleet's key broker
 */
public record AuthorWord(
    Map<ReleaseName, Digest> models,
    Map<ReleaseName, Digest> software,
    List<ReferenceValues> references,
    Map<Digest, WrappedKey> keys) {
  static final Comparator<ReleaseName> BY_NAME =
      Comparator.comparing(ReleaseName::name).thenComparing(ReleaseName::version);

  /** Becomes what a verifier of reports compares with. */
  public void fill(ReferenceStore store, Instant now) throws IOException, Malformed {
    store.replace(StrictJson.writeIndented(releases()), StrictJson.writeIndented(profiles()), now);
  }

  private ObjectNode releases() {
    ObjectNode document = ReferenceStore.RELEASES.begin();
    list(models, document.putArray("releases"));
    list(software, document.putArray("software"));
    return document;
  }

  private static void list(Map<ReleaseName, Digest> releases, ArrayNode array) {
    releases.forEach(
        (name, digest) ->
            array
                .addObject()
                .put("name", name.name())
                .put("version", name.version())
                .putArray("digests")
                .add(digest.hex()));
  }

  private ObjectNode profiles() throws Malformed {
    ObjectNode document = ReferenceStore.PROFILES.begin();
    ObjectNode profiles = document.putObject("profiles");
    for (ReferenceValues values : references) {
      byte[] written = values.toJson();
      profiles.set(values.profile(), StrictJson.read(written, written.length, "reference").tree());
    }
    return document;
  }
}
