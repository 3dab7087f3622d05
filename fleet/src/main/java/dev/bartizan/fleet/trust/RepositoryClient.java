// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.trust;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.envelope.KeyEnvelope;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.WrappedKey;
import dev.bartizan.protocol.custody.BrokerEnvelope;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.documents.RepositoryMetadata;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import dev.bartizan.updater.tuf.TufClient;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** The author's repository, and this server as a client of it. */
public final class RepositoryClient {
  private static final String ROOT = "author-root.json";
  private static final String TRUSTED = "trusted";
  private static final String METADATA = "tuf";
  private static final String MODELS = "models/";
  private static final String SOFTWARE = "software/";
  private static final int MAX_ROOT = 512 * 1024;

  private final SharedDirectory directory;
  private final String trustDomain;
  private final SmallFiles served;
  private final InstantSource clock;
  private final LongSupplier nanoTime;

  /**
   * @param served the files that the author publishes; whoever serves them is not trusted
   * @param nanoTime monotonic
   */
  public RepositoryClient(
      SharedDirectory directory,
      FleetSettings settings,
      SmallFiles served,
      InstantSource clock,
      LongSupplier nanoTime) {
    this.directory = directory;
    this.trustDomain = settings.trustDomain();
    this.served = served;
    this.clock = clock;
    this.nanoTime = nanoTime;
  }

  /**
   * Pins the root that all trust in the author starts at.
   *
   * @throws Refusal when it is none
   */
  public static void pin(SharedDirectory directory, byte[] root) throws IOException, Refusal {
    directory.write(ROOT, TufClient.root(root).raw().toArray());
  }

  /**
   * Asks what the author says now, and verifies it.
   *
   * @throws Refusal when something served is not acceptable; what was believed stays
   * @throws IOException when the repository cannot be asked now, or another process is asking
   */
  public AuthorWord refresh() throws IOException, Refusal, InterruptedException {
    Root pinned = TufClient.root(directory.read(ROOT, MAX_ROOT));
    try (LinuxDisk disk = LinuxDisk.acquire(directory.path(TRUSTED))) {
      MetadataStore store = new MetadataStore(disk, METADATA);
      TrustedDocuments documents =
          new TrustedDocuments(
              disk,
              List.of(
                  new TrustedDocuments.Place(
                      files -> new TufClient(pinned, store, new RepositoryMetadata(files), clock),
                      served)),
              nanoTime);
      documents.load();
      documents.refresh(this::wanted);
      return read(documents);
    }
  }

  /** Reference values, and the content keys that are for this fleet. */
  private List<String> wanted(TrustedTargets signed) throws Refusal, IOException {
    List<String> wanted = new ArrayList<>();
    for (String path : signed.list(ReferenceTargets.FOLDER).keySet()) {
      // Approvals are for the chips of devices; a verifier goes by the values themselves.
      if (!ReferenceTargets.isOfApprovals(path)) {
        wanted.add(path);
      }
    }
    for (String path : signed.list(MODELS).keySet()) {
      if (BrokerEnvelope.isFor(trustDomain, path)) {
        wanted.add(path);
      }
    }
    return wanted;
  }

  private AuthorWord read(TrustedDocuments documents) throws IOException, Refusal {
    Map<ReleaseName, Digest> models = releases(documents, MODELS, "release.json");
    Map<Digest, WrappedKey> keys = new TreeMap<>(Comparator.comparing(Digest::hex));
    for (Map.Entry<ReleaseName, Digest> model : models.entrySet()) {
      for (KeyDelivery delivery : KeyDelivery.values()) {
        // Of one that is there twice, the stricter counts: it comes last.
        documents
            .find(
                BrokerEnvelope.target(model.getKey(), trustDomain, delivery),
                KeyEnvelope.MAX_LENGTH)
            .ifPresent(
                envelope ->
                    keys.put(model.getValue(), new WrappedKey(Bytes.of(envelope), delivery)));
      }
    }
    return new AuthorWord(
        models, releases(documents, SOFTWARE, "software.json"), references(documents), keys);
  }

  private static Map<ReleaseName, Digest> releases(
      TrustedDocuments documents, String below, String file) throws IOException, Refusal {
    Map<ReleaseName, Digest> releases = new TreeMap<>(AuthorWord.BY_NAME);
    for (String path : documents.list(below)) {
      String[] parts = path.split("/", -1);
      TargetFile target = documents.target(path).orElseThrow();
      if (parts.length == 4 && parts[3].equals(file)) {
        releases.put(ReleaseName.parse(parts[1], parts[2], path), target.sha256());
      }
    }
    return releases;
  }

  private static List<ReferenceValues> references(TrustedDocuments documents)
      throws IOException, Refusal {
    List<ReferenceValues> references = new ArrayList<>();
    for (String path : documents.list(ReferenceTargets.FOLDER)) {
      if (!ReferenceTargets.isOfApprovals(path)) {
        byte[] document =
            documents
                .find(path, ReferenceValues.MAX_LENGTH)
                .orElseThrow(() -> new IOException(path + ": was not kept; ask again"));
        references.add(ReferenceValues.parse(document));
      }
    }
    return references;
  }
}
