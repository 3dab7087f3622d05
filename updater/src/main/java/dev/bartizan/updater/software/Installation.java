// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.software;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SoftwareFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A version of the agent as it lies on disk: on a device, or where it is released from.
 *
 * @param home holds {@code bin} and {@code lib}
 * @param version what the code there calls itself
 */
public record Installation(Path home, String version) {
  private static final int PIECE = 1 << 20;

  /**
   * What its manifest is about.
   *
   * @throws IllegalArgumentException when {@code version} is none
   */
  public ReleaseName release() {
    return new ReleaseName(AgentFiles.NAME, version);
  }

  /**
   * Every file of the installation, by its path relative to {@code home}. Those that the agent does
   * not have are among them: what is too much is to be noticed.
   */
  @TouchesTheWorld("reads the agent's own files")
  public Map<String, SoftwareFile> files(Supplier<MessageDigest> sha256) throws IOException {
    Map<String, SoftwareFile> found = new TreeMap<>();
    for (String part : AgentFiles.PARTS) {
      try (Stream<Path> paths = Files.walk(home.resolve(part))) {
        for (Path file : paths.filter(Files::isRegularFile).toList()) {
          found.put(home.relativize(file).toString(), describe(file, sha256.get()));
        }
      }
    }
    return found;
  }

  /** Opens one of its files. */
  @TouchesTheWorld("reads the agent's own files")
  public InputStream open(String path) throws IOException {
    return Files.newInputStream(home.resolve(path));
  }

  /** A file as a manifest describes it. */
  @TouchesTheWorld("reads the agent's own files")
  public static SoftwareFile describe(Path file, MessageDigest sha256) throws IOException {
    try (InputStream content = Files.newInputStream(file)) {
      byte[] piece = new byte[PIECE];
      long length = 0;
      for (int count = content.read(piece); count >= 0; count = content.read(piece)) {
        sha256.update(piece, 0, count);
        length += count;
      }
      return new SoftwareFile(length, Digest.ofValue(sha256.digest()));
    }
  }
}
