// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.disk.DurableFiles;
import dev.bartizan.updater.disk.ServedFolder;
import dev.bartizan.updater.software.AgentFiles;
import dev.bartizan.updater.software.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** An installation of the agent as devices have it: {@code bin} and {@code lib}. */
public final class SoftwareTree {
  private SoftwareTree() {}

  /**
   * The manifest of the files below {@code home}.
   *
   * @throws ReleaseRefusal BAD_PLACE when devices would refuse one of them where it lies
   */
  public static SoftwareManifest manifest(Path home, String version)
      throws IOException, ReleaseRefusal {
    Installation tree = new Installation(home, version);
    SoftwareManifest manifest = new SoftwareManifest(tree.release(), tree.files(Digest::sha256));
    Optional<String> fault = AgentFiles.outOfPlace(manifest.files().keySet());
    if (fault.isPresent()) {
      throw new ReleaseRefusal(ReleaseRefusal.Code.BAD_PLACE, fault.get());
    }
    return manifest;
  }

  /** Puts the files where devices fetch them, before anybody signs that they are there. */
  @TouchesTheWorld("copies the software to be released")
  static void serve(Path home, SoftwareManifest manifest, Path repository) throws IOException {
    DurableFiles files = new DurableFiles();
    for (Map.Entry<String, SoftwareFile> file : new TreeMap<>(manifest.files()).entrySet()) {
      Path place = repository.resolve(SoftwareManifest.path(file.getValue().digest()));
      if (Files.exists(place)) {
        continue;
      }
      Path incoming = place.resolveSibling(".incoming-" + place.getFileName());
      ServedFolder.make(Objects.requireNonNull(incoming.getParent()));
      Files.copy(home.resolve(file.getKey()), incoming, StandardCopyOption.REPLACE_EXISTING);
      if (!Installation.describe(incoming, Digest.sha256()).equals(file.getValue())) {
        throw new IOException(home.resolve(file.getKey()) + ": changed while it was released");
      }
      ServedFolder.open(incoming);
      files.publish(incoming, place, repository);
    }
  }
}
