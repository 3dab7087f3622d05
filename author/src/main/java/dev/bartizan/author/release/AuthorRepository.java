// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.keys.KeyFolder;
import dev.bartizan.author.keys.KeyRing;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.Lifetimes;
import dev.bartizan.author.publish.Repository;
import dev.bartizan.author.publish.RepositoryFolder;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Arrays;

/**
 * The repository of an author's directory, for one piece of work at a time: two commands that sign
 * at once would each sign away the other's release.
 */
public final class AuthorRepository {
  private static final String REPOSITORY = "repository";
  private static final String TARGETS = "targets/";
  private static final String KEYS = "keys";
  private static final String PINNED = "pinned";
  private static final String TIMESTAMP = "timestamp.json";
  private static final int TIMESTAMP_LIMIT = 64 * 1024;

  private final SharedDirectory directory;
  private final RepositoryFolder folder;
  private final KeyRing ring;
  private final InstantSource clock;

  /**
   * @param secrets that open the role keys
   */
  public AuthorRepository(
      SharedDirectory directory, KeySecrets secrets, InstantSource clock, SecureRandom random) {
    this.directory = directory;
    this.folder = new RepositoryFolder(directory.path(REPOSITORY));
    this.ring = new KeyRing(new KeyFolder(directory.path(KEYS)), secrets, random);
    this.clock = clock;
  }

  /** Something done with the repository while nobody else does. */
  @FunctionalInterface
  public interface Work<T> {
    T with(Repository repository) throws IOException, Refusal;
  }

  /**
   * Does {@code work} under the directory's lock; {@link SharedDirectory#exclusively} inside fails.
   */
  public <T> T use(Work<T> work) throws IOException, Refusal {
    return directory.exclusively(
        () -> {
          try (LinuxDisk disk = LinuxDisk.acquire(directory.path(PINNED))) {
            return work.with(
                new Repository(
                    folder, ring, new MetadataStore(disk, ""), Lifetimes.defaults(), clock));
          }
        });
  }

  /** The directory that is served. */
  public Path path() {
    return folder.path();
  }

  /** Where a target is served, below {@link #path}. */
  public static String place(TrustedTargets signed, TargetFile target) throws Refusal {
    return TARGETS + signed.urlPath(target);
  }

  /** A signed document as it is served, once it is found to be what was signed. */
  public byte[] content(TrustedTargets signed, TargetFile target) throws IOException, Refusal {
    String name = REPOSITORY + "/" + place(signed, target);
    return target.accept(directory.read(name, ReleaseManifest.MAX_LENGTH)).toArray();
  }

  /** What is visible now: a publication that failed either changed it or published nothing. */
  Visible visible() throws IOException {
    byte[] timestamp = folder.find(TIMESTAMP, TIMESTAMP_LIMIT).orElse(new byte[0]);
    return () ->
        Arrays.equals(timestamp, folder.find(TIMESTAMP, TIMESTAMP_LIMIT).orElse(new byte[0]));
  }

  /** A state of the repository, to be compared with a later one. */
  @FunctionalInterface
  interface Visible {
    boolean isStillSo() throws IOException;
  }
}
