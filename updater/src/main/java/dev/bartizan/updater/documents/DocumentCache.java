// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import dev.bartizan.crypto.Digest;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FileName;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Small documents on disk, each under its digest, so that a device can start without network. */
final class DocumentCache {
  private static final String DIRECTORY = "documents";

  /** The longest document of all is a release manifest. */
  private static final int MAX_LENGTH = ReleaseManifest.MAX_LENGTH;

  private final Disk disk;

  DocumentCache(Disk disk) {
    this.disk = disk;
  }

  /**
   * The document, or empty when it is not held, or is held with other bytes: then it is as good as
   * lost, and fetching it again mends that.
   */
  Optional<byte[]> find(Digest digest, int limit) throws IOException {
    FileName name = name(digest);
    Optional<Long> size = disk.size(name);
    if (size.isEmpty() || size.get() > limit) {
      return Optional.empty();
    }
    return disk.read(name, limit).filter(content -> Digest.of(content).equals(digest));
  }

  void keep(Digest digest, byte[] content) throws IOException {
    DurableFile.replace(disk, name(digest), content);
  }

  /** The documents that are not what their names say, by path. */
  List<String> damaged() throws IOException {
    List<String> damaged = new ArrayList<>();
    for (FileName file : disk.list(DIRECTORY)) {
      boolean isDocument = file.last().matches("[0-9a-f]{64}");
      if (isDocument && find(Digest.ofHex(file.last()), MAX_LENGTH).isEmpty()) {
        damaged.add(file.path());
      }
    }
    return damaged;
  }

  /** Deletes what is not in {@code wanted}. */
  void retain(Set<Digest> wanted) throws IOException {
    boolean changed = false;
    for (FileName file : disk.list(DIRECTORY)) {
      if (wanted.stream().noneMatch(digest -> name(digest).equals(file))) {
        disk.delete(file);
        changed = true;
      }
    }
    if (changed) {
      disk.syncDirectory(DIRECTORY);
    }
  }

  private static FileName name(Digest digest) {
    return FileName.of(DIRECTORY + "/" + digest.hex());
  }
}
