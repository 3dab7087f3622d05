// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Says which versions of all targets files belong together (specification 4.4).
 *
 * @param meta by file name as in metadata, {@code "targets.json"}
 */
public record Snapshot(Bytes raw, long version, Instant expires, Map<String, MetaFile> meta)
    implements Metadata {

  public Snapshot {
    meta = Map.copyOf(meta);
  }

  static Snapshot of(Bytes raw, Fields signed) throws TufRefusal {
    Header header = Header.of(signed, "snapshot");
    Map<String, MetaFile> meta = new LinkedHashMap<>();
    for (Map.Entry<String, Fields> entry : signed.members("meta").entrySet()) {
      meta.put(entry.getKey(), MetaFile.of(entry.getValue()));
    }
    return new Snapshot(raw, header.version(), header.expires(), meta);
  }

  /**
   * @throws TufRefusal MIX_MATCH when the snapshot does not know the role
   */
  MetaFile get(RoleName role) throws TufRefusal {
    MetaFile found = meta.get(role.metaPath());
    if (found == null) {
      throw new TufRefusal(Code.MIX_MATCH, role, "an entry in snapshot", "none");
    }
    return found;
  }

  /**
   * Refuses to be replaced by {@code next} if that takes any role back or leaves one out.
   *
   * @throws TufRefusal ROLLBACK
   */
  void checkSuccessor(Snapshot next) throws TufRefusal {
    if (next.version < version) {
      throw rollback(RoleName.SNAPSHOT.metaPath(), version, String.valueOf(next.version));
    }
    for (Map.Entry<String, MetaFile> entry : meta.entrySet()) {
      MetaFile successor = next.meta.get(entry.getKey());
      if (successor == null || successor.version() < entry.getValue().version()) {
        String found = successor == null ? "nothing" : String.valueOf(successor.version());
        throw rollback(entry.getKey(), entry.getValue().version(), found);
      }
    }
  }

  private static TufRefusal rollback(String file, long trusted, String found) {
    String expected = file + " version " + trusted + " or newer";
    return new TufRefusal(Code.ROLLBACK, RoleName.SNAPSHOT, expected, found);
  }
}
