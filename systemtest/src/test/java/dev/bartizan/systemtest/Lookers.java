// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.config.ProvidedFiles;
import dev.bartizan.agent.identity.CredentialStore;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.KeystoreBlobs;
import dev.bartizan.agent.models.ContentKeys;
import dev.bartizan.agent.models.Envelopes;
import dev.bartizan.agent.models.ModelVault;
import dev.bartizan.agent.models.OpenRelease;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.trust.TrustedClock;
import dev.bartizan.agent.world.Workers;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.Tpm2Keystore;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.install.Installed;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.TufClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

/**
 * The agent's own readers on a device's files, in this process: what a start of the daemon asks, a
 * thousand times over.
 */
final class Lookers implements AutoCloseable {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final AgentConfig config;
  private final LinuxDisk disk;
  private final ExecutorService workers = Executors.newSingleThreadExecutor();
  private final ObjectStore store;
  private final TrustedDocuments documents;
  private final ModelVault vault;
  private final Map<Digest, ReleaseName> releases = new LinkedHashMap<>();
  private final Map<String, Looker> byFile = new LinkedHashMap<>();

  /** Reads a file as the agent does. */
  @FunctionalInterface
  interface Looker {
    /**
     * @param name the last segment of the file's path
     * @return whether it is said to be damaged, unless that was said by a refusal
     */
    boolean complains(String name) throws Refusal, IOException;
  }

  Lookers(AgentConfig config) throws IOException, Refusal {
    this.config = config;
    this.disk = LinuxDisk.acquire(config.device().stateDirectory());
    BulkCrypto crypto = BulkCrypto.fastest();
    this.store = new ObjectStore(disk, crypto::sha256);
    SmallFiles nowhere =
        new SmallFiles(
            HttpTransport.to(config.repository().url(), null, Duration.ofSeconds(1)),
            System::nanoTime,
            Pace.DEFAULT);
    TufClient client =
        new TufClient(
            TufClient.root(Files.readAllBytes(config.repository().trustRoot())),
            new MetadataStore(disk, "tuf"),
            (name, limit) -> {
              throw new IOException("offline");
            },
            Clock.systemUTC());
    this.documents =
        new TrustedDocuments(
            disk, List.of(new TrustedDocuments.Place(files -> client, nowhere)), System::nanoTime);
    documents.load();
    DeviceKeystore keystore = keystore();
    ContentKeys keys =
        new ContentKeys(
            new Envelopes(disk),
            keystore,
            CredentialStore.open(disk, keystore),
            SecretMemory.ordinary());
    this.vault =
        new ModelVault(
            documents,
            store,
            keys,
            crypto,
            SecretMemory.ordinary(),
            new Workers(workers, 1, name -> workers));
    Installer.look(disk)
        .components()
        .byName()
        .forEach(
            (model, component) ->
                Stream.concat(component.active().stream(), component.previous().stream())
                    .map(Installed::release)
                    .forEach(
                        it ->
                            releases.put(
                                it.manifest(), new ReleaseName(model.name(), it.version()))));
    assign();
  }

  private void assign() {
    byFile.put("state/tuf/.*|state/documents/.*", name -> !documents.damaged().isEmpty());
    byFile.put("state/envelopes/.*", name -> opens(Digest.ofHex(name)));
    byFile.put("state/objects/.*", name -> holds(Digest.ofHex(name)));
    byFile.put(
        "state/journal|state/history",
        name -> Installer.look(disk).components().byName().isEmpty());
    byFile.put("state/inbox", name -> Inbox.open(disk, Clock.systemUTC().instant()).wasDamaged());
    byFile.put(
        "state/verified-time",
        name -> TrustedClock.open(Clock.systemUTC(), System::nanoTime, disk).wasDamaged());
    byFile.put("state/outbox/.*", name -> !Outbox.open(disk).lost().isEmpty());
    byFile.put("state/keystore/.*", name -> keystore().ueid().text().isEmpty());
    byFile.put("state/credentials\\.json", name -> Credentials.find(disk).isEmpty());
    byFile.put("state/\\.lock", name -> false);
    byFile.put("state/provided|[^/]*", name -> hasChanged(config.providedFiles()));
  }

  private DeviceKeystore keystore() throws IOException, Refusal {
    KeystoreBackend.Tpm2 chip = (KeystoreBackend.Tpm2) config.keystore().backend();
    return Tpm2Keystore.open(
        new TpmAccess(chip.address(), RANDOM, pause -> {}), new KeystoreBlobs(disk));
  }

  private boolean opens(Digest release) throws Refusal, IOException {
    ReleaseName name = releases.get(release);
    if (name == null) {
      throw new IllegalStateException(release + " is not installed");
    }
    try (OpenRelease open = vault.unlock(name, release);
        Disk.Input weights = store.open(open.manifest().whole().digest())) {
      open.open(open.manifest().whole(), ModelVault.source(weights));
    }
    return false;
  }

  private boolean holds(Digest object) throws Refusal, IOException {
    store.verify(object);
    return false;
  }

  private boolean hasChanged(List<Path> files) throws IOException {
    return !new ProvidedFiles(disk).changes(files).isEmpty();
  }

  /** Whether whoever reads {@code file} notices something; every file has a reader. */
  boolean notice(String file) throws IOException {
    Looker looker =
        byFile.entrySet().stream()
            .filter(entry -> file.matches(entry.getKey()))
            .map(Map.Entry::getValue)
            .findFirst()
            .orElseThrow(() -> new IllegalStateException(file + ": who reads this?"));
    try {
      return looker.complains(file.substring(file.lastIndexOf('/') + 1));
    } catch (Refusal refused) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    workers.shutdown();
    disk.close();
  }
}
