// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.tuf.TargetFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What verified targets say, wherever their files come from. */
final class WordReading {
  static final String MODELS = "models/";

  private static final String SOFTWARE = "software/";
  private static final int PARTS = 4;

  private final Targets targets;

  WordReading(Targets targets) {
    this.targets = targets;
  }

  /** Targets that metadata names. */
  interface Targets {
    /** Those below {@code prefix}, by path. */
    Map<String, TargetFile> list(String prefix) throws IOException, Refusal;

    /** The content of one, as it was signed. */
    byte[] content(TargetFile target, int limit) throws IOException, Refusal;
  }

  Map<ReleaseName, Digest> models() throws IOException, Refusal {
    return releases(MODELS, "release.json");
  }

  Map<ReleaseName, Digest> software() throws IOException, Refusal {
    return releases(SOFTWARE, "software.json");
  }

  List<ReferenceValues> references() throws IOException, Refusal {
    List<ReferenceValues> references = new ArrayList<>();
    for (Map.Entry<String, TargetFile> named : targets.list(ReferenceTargets.FOLDER).entrySet()) {
      if (!ReferenceTargets.isOfApprovals(named.getKey())) {
        references.add(
            ReferenceValues.parse(targets.content(named.getValue(), ReferenceValues.MAX_LENGTH)));
      }
    }
    return references;
  }

  private Map<ReleaseName, Digest> releases(String below, String file) throws IOException, Refusal {
    Map<ReleaseName, Digest> releases = new TreeMap<>(AuthorWord.BY_NAME);
    for (Map.Entry<String, TargetFile> named : targets.list(below).entrySet()) {
      String[] parts = named.getKey().split("/", -1);
      if (parts.length == PARTS && parts[PARTS - 1].equals(file)) {
        releases.put(
            ReleaseName.parse(parts[1], parts[2], named.getKey()), named.getValue().sha256());
      }
    }
    return releases;
  }
}
