// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** What the author keeps of each release: {@code releases/NAME/VERSION/}. Never served. */
final class ReleaseArchive {
  static final int KEY_LENGTH = 32;

  private static final String FOLDER = "releases";
  private static final String MANIFEST = "/release.json";
  private static final String KEY = "/content.key";

  private final SharedDirectory directory;

  ReleaseArchive(SharedDirectory directory) {
    this.directory = directory;
  }

  /** Keeps a release, key first: a manifest without its key would be of no use to anybody. */
  void keep(ReleaseName name, byte[] manifest, SecretBytes contentKey) throws IOException {
    byte[] key = contentKey.reveal(byte[]::clone);
    try {
      directory.writePrivate(folder(name) + KEY, key);
    } finally {
      Arrays.fill(key, (byte) 0);
    }
    directory.write(folder(name) + MANIFEST, manifest);
  }

  /** Forgets a release that was never published. */
  void forget(ReleaseName name) throws IOException {
    directory.delete(folder(name) + MANIFEST);
    directory.delete(folder(name) + KEY);
  }

  /** The release called {@code name}, if it was kept whole; to be closed. */
  Optional<ArchivedRelease> find(ReleaseName name) throws IOException, Malformed {
    Optional<byte[]> manifest = directory.find(folder(name) + MANIFEST, ReleaseManifest.MAX_LENGTH);
    Optional<byte[]> key = directory.find(folder(name) + KEY, KEY_LENGTH);
    if (manifest.isEmpty() || key.isEmpty()) {
      return Optional.empty();
    }
    if (key.get().length != KEY_LENGTH) {
      throw new Malformed(directory.path(folder(name) + KEY) + ": not 32 bytes");
    }
    return Optional.of(
        new ArchivedRelease(
            ReleaseManifest.parse(manifest.get()),
            Digest.of(manifest.get()),
            SecretBytes.take(key.get())));
  }

  /** The name of a release among devices, without touching its key. */
  Optional<Digest> digest(ReleaseName name) throws IOException {
    return directory.find(folder(name) + MANIFEST, ReleaseManifest.MAX_LENGTH).map(Digest::of);
  }

  /** Every release that has a folder. */
  List<ReleaseName> all() throws IOException, Malformed {
    List<ReleaseName> names = new ArrayList<>();
    for (String model : directory.folders(FOLDER)) {
      for (String version : directory.folders(FOLDER + "/" + model)) {
        names.add(ReleaseName.parse(model, version, directory.path(FOLDER).toString()));
      }
    }
    return List.copyOf(names);
  }

  private static String folder(ReleaseName name) {
    return FOLDER + "/" + name.name() + "/" + name.version();
  }
}
