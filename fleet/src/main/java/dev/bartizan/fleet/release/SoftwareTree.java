package dev.bartizan.fleet.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SoftwareFile;
import dev.bartizan.updater.release.SoftwareManifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** An installation of the agent as devices have it: {@code bin} and {@code lib}. */
public final class SoftwareTree {
  /** The agent's name among the software releases. */
  private static final String AGENT = "agent";

  private static final List<String> PARTS = List.of("bin", "lib");
  private static final int PIECE = 1 << 20;

  private SoftwareTree() {}

  /** The manifest of the files below {@code home}. */
  @TouchesTheWorld("reads the software to be released")
  public static SoftwareManifest manifest(Path home, String version) throws IOException {
    Map<String, SoftwareFile> files = new TreeMap<>();
    for (String part : PARTS) {
      try (Stream<Path> paths = Files.walk(home.resolve(part))) {
        for (Path file : paths.filter(Files::isRegularFile).toList()) {
          files.put(home.relativize(file).toString(), describe(file));
        }
      }
    }
    return new SoftwareManifest(new ReleaseName(AGENT, version), files);
  }

  /** Puts the files where devices fetch them, before anybody signs that they are there. */
  @TouchesTheWorld("copies the software to be released")
  static void serve(Path home, SoftwareManifest manifest, Path repository) throws IOException {
    for (Map.Entry<String, SoftwareFile> file : new TreeMap<>(manifest.files()).entrySet()) {
      Path place = repository.resolve(SoftwareManifest.path(file.getValue().digest()));
      if (Files.exists(place)) {
        continue;
      }
      Path incoming = place.resolveSibling(".incoming-" + place.getFileName());
      Files.createDirectories(incoming.getParent());
      Files.copy(home.resolve(file.getKey()), incoming, StandardCopyOption.REPLACE_EXISTING);
      if (!describe(incoming).equals(file.getValue())) {
        throw new IOException(home.resolve(file.getKey()) + ": changed while it was released");
      }
      Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
    }
  }

  @TouchesTheWorld("reads the software to be released")
  private static SoftwareFile describe(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] piece = new byte[PIECE];
    long length = 0;
    try (InputStream content = Files.newInputStream(file)) {
      for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
        sha256.update(piece, 0, count);
        length += count;
      }
    }
    return new SoftwareFile(length, Digest.ofValue(sha256.digest()));
  }
}
