// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.time.Instant;
import java.util.Map;

/**
 * Says which snapshot is the newest (specification 4.6).
 *
 * @param snapshot the one file it speaks about
 */
public record Timestamp(Bytes raw, long version, Instant expires, MetaFile snapshot)
    implements Metadata {

  static Timestamp of(Bytes raw, Fields signed) throws TufRefusal {
    Header header = Header.of(signed, "timestamp");
    Map<String, Fields> meta = signed.members("meta");
    Fields snapshot = meta.get(RoleName.SNAPSHOT.metaPath());
    if (snapshot == null || meta.size() != 1) {
      throw signed.refusal("snapshot.json and nothing else in \"meta\"", meta.keySet().toString());
    }
    return new Timestamp(raw, header.version(), header.expires(), MetaFile.of(snapshot));
  }
}
