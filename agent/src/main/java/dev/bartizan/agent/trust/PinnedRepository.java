// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.trust;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.repository.Repository;
import dev.bartizan.agent.world.Time;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.ScratchDisk;
import dev.bartizan.updater.documents.RepositoryMetadata;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.Allowance;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The repository's metadata below the one root that came with the configuration. */
public final class PinnedRepository {
  private static final String TUF = "tuf";
  private static final int MAX_ROOT = 512 * 1024;

  private final Root pinned;
  private final Time time;
  private final InstantSource clock;

  /**
   * @param clock by which metadata expires
   * @throws Malformed naming the root's file
   */
  public PinnedRepository(AgentConfig config, Time time, InstantSource clock)
      throws IOException, Malformed {
    this.pinned = root(config);
    this.time = time;
    this.clock = clock;
  }

  /** The signed documents as {@code disk} holds them, and as {@code repository} has them. */
  TrustedDocuments documents(Disk disk, Repository repository) {
    MetadataStore store = new MetadataStore(disk, TUF);
    List<TrustedDocuments.Place> places = new ArrayList<>();
    for (Mirror mirror : repository.mirrors()) {
      TrustedDocuments.Metadata metadata =
          files -> new TufClient(pinned, store, new RepositoryMetadata(files), clock);
      places.add(new TrustedDocuments.Place(metadata, repository.smallFiles(mirror)));
    }
    return new TrustedDocuments(disk, places, time.nanoTime());
  }

  /** The same, as far as this device holds them: nobody is asked for more. */
  public static TrustedDocuments held(AgentConfig config, Disk disk, Time time, InstantSource clock)
      throws IOException, Malformed {
    Repository nobody =
        new Repository(
            config.repository(),
            server ->
                (path, offset, count) -> {
                  throw new IOException(path + ": this device does not hold it");
                },
            time.nanoTime());
    return new PinnedRepository(config, time, clock).documents(disk, nobody);
  }

  /**
   * Puts back what is damaged of the metadata on disk, as far as the last complete set holds it.
   *
   * @return the files, by path
   */
  List<String> mend(Disk disk) throws IOException {
    try {
      return new TufClient(
              pinned, new MetadataStore(disk, TUF), (name, limit) -> Optional.empty(), clock)
          .mendFiles();
    } catch (TufRefusal setDamaged) {
      return List.of(); // Whoever loads it refuses it, and says so.
    }
  }

  /**
   * Refreshes metadata from the pinned root, for a look: nothing of this device's changes.
   *
   * @return the version of every role
   */
  public Map<String, Long> look(Repository repository) throws IOException, Refusal {
    SmallFiles files =
        repository.smallFiles().within(new Allowance(time.nanoTime(), TrustedDocuments.REFRESH));
    return new TufClient(
            pinned, new MetadataStore(new ScratchDisk(), TUF), new RepositoryMetadata(files), clock)
        .refreshAll()
        .versions();
  }

  /** The root all trust starts at. */
  @TouchesTheWorld("reads the pinned root, which came with the configuration")
  private static Root root(AgentConfig config) throws IOException, Malformed {
    Path file = config.repository().trustRoot();
    if (!Files.isRegularFile(file)) {
      throw new Malformed(
          file + ": there is no such file (" + config.file() + ": repository.trust_root)");
    }
    if (Files.size(file) > MAX_ROOT) {
      throw new Malformed(file + ": is longer than " + MAX_ROOT + " bytes");
    }
    try {
      return TufClient.root(Files.readAllBytes(file));
    } catch (TufRefusal notARoot) {
      throw new Malformed(file + ": " + Explanation.of(notARoot), notARoot);
    }
  }
}
