// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.author.keys.MetadataSigning;
import dev.bartizan.author.keys.MetadataSigning.Demand;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.tuf.RoleName;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Signed files on their way out. Everything is signed before anything is written, so that a missing
 * key leaves nothing half done; they are written in the order they were signed, so that whoever
 * signs timestamp last makes all of it visible at once.
 */
final class Publication {
  private final MetadataDraft draft;
  private final MetadataSigning signing;
  private final KeyAssignments keys;
  private final Map<String, Bytes> files = new LinkedHashMap<>();

  Publication(MetadataDraft draft, MetadataSigning signing) {
    this.draft = draft;
    this.signing = signing;
    this.keys = new KeyAssignments(draft);
  }

  /** The next version of {@code role}, signed by its own keys. */
  Bytes sign(RoleName role) throws Refusal, IOException {
    return sign(role, List.of(keys.demand(role)));
  }

  /** The next version of {@code role}, signed as all of {@code demands} want it. */
  Bytes sign(RoleName role, List<Demand> demands) throws Refusal, IOException {
    draft.renew(role);
    Bytes file = signing.sign(draft.signed(role), demands);
    boolean versioned = !role.equals(RoleName.TIMESTAMP);
    files.put(versioned ? role.fileName(draft.version(role)) : role.fileName(), file);
    return file;
  }

  /** Signs {@code changed}, the snapshot that names them, and keeps the timestamp for later. */
  void signSnapshotOf(List<RoleName> changed) throws Refusal, IOException {
    for (RoleName role : changed) {
      draft.mention(RoleName.SNAPSHOT, role, sign(role));
    }
    draft.mention(RoleName.TIMESTAMP, RoleName.SNAPSHOT, sign(RoleName.SNAPSHOT));
  }

  void writeTo(RepositoryFolder folder) throws IOException {
    for (Map.Entry<String, Bytes> file : files.entrySet()) {
      folder.writeMetadata(file.getKey(), file.getValue().toArray());
    }
  }
}
