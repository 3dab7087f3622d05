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
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ReferenceTargets;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.documents.RepositoryMetadata;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.RoleName;
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
    try (LinuxDisk disk = LinuxDisk.acquire(directory.path(TRUSTED))) {
      TrustedDocuments documents = documents(disk);
      documents.load();
      documents.refresh(this::wanted);
      return read(documents);
    }
  }

  private TrustedDocuments documents(LinuxDisk disk) throws IOException, Refusal {
    Root pinned = pinned(directory);
    MetadataStore store = new MetadataStore(disk, METADATA);
    return new TrustedDocuments(
        disk,
        List.of(new TrustedDocuments.Place(files -> client(pinned, store, files), served)),
        nanoTime);
  }

  private TufClient client(Root pinned, MetadataStore store, SmallFiles files) {
    return new TufClient(pinned, store, new RepositoryMetadata(files), clock);
  }

  /** Where all trust in the author starts, in this directory. */
  public static Root pinned(SharedDirectory directory) throws IOException, Refusal {
    return TufClient.root(directory.read(ROOT, MAX_ROOT));
  }

  /** Reference values, and the content keys that are for this fleet. */
  private List<String> wanted(TrustedTargets signed) throws Refusal, IOException {
    List<String> wanted = wantedByVerifiers(signed);
    for (String path : signed.list(WordReading.MODELS).keySet()) {
      if (BrokerEnvelope.isFor(trustDomain, path)) {
        wanted.add(path);
      }
    }
    return wanted;
  }

  /** Reference values, and the policy, which goes with what is kept for later. */
  private static List<String> wantedByVerifiers(TrustedTargets signed) throws Refusal, IOException {
    List<String> wanted = new ArrayList<>();
    for (String path : signed.list(ReferenceTargets.FOLDER).keySet()) {
      // Approvals are for the chips of devices; a verifier goes by the values themselves.
      if (!ReferenceTargets.isOfApprovals(path)) {
        wanted.add(path);
      }
    }
    if (signed.find(DevicePolicy.TARGET).isPresent()) {
      wanted.add(DevicePolicy.TARGET);
    }
    return wanted;
  }

  /**
   * What is believed now, with all that proves it.
   *
   * @throws Refusal when what is kept does not hold
   * @throws IOException when the repository was never reached, or another process is asking it
   */
  public KeptWord kept() throws IOException, Refusal {
    try (LinuxDisk disk = LinuxDisk.acquire(directory.path(TRUSTED))) {
      TrustedDocuments documents = documents(disk);
      documents.load();
      TufClient client = client(pinned(directory), new MetadataStore(disk, METADATA), served);
      TrustedTargets targets = client.loadTrusted();
      Map<String, Bytes> signed = new TreeMap<>();
      for (String path : wantedByVerifiers(targets)) {
        signed.put(path, Bytes.of(content(documents, path, ReferenceValues.MAX_LENGTH)));
      }
      Map<String, Bytes> metadata = new TreeMap<>();
      targets.list("");
      targets.files().forEach((role, raw) -> metadata.put(role.fileName(), raw));
      metadata.remove(RoleName.ROOT.fileName());
      for (Root root : client.rootsOfTrusted()) {
        metadata.put(RoleName.ROOT.fileName(root.version()), root.raw());
      }
      return new KeptWord(targets.rootDigest(), metadata, signed);
    }
  }

  private AuthorWord read(TrustedDocuments documents) throws IOException, Refusal {
    WordReading reading = new WordReading(targets(documents));
    Map<ReleaseName, Digest> models = reading.models();
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
    return new AuthorWord(models, reading.software(), reading.references(), keys);
  }

  private static WordReading.Targets targets(TrustedDocuments documents) {
    return new WordReading.Targets() {
      @Override
      public Map<String, TargetFile> list(String prefix) throws IOException, Refusal {
        Map<String, TargetFile> listed = new TreeMap<>();
        for (String path : documents.list(prefix)) {
          listed.put(path, documents.target(path).orElseThrow());
        }
        return listed;
      }

      @Override
      public byte[] content(TargetFile target, int limit) throws IOException, Refusal {
        return RepositoryClient.content(documents, target.path(), limit);
      }
    };
  }

  private static byte[] content(TrustedDocuments documents, String path, int limit)
      throws IOException, Refusal {
    return documents
        .find(path, limit)
        .orElseThrow(() -> new IOException(path + ": was not kept; ask again"));
  }
}
