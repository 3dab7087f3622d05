// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.KeystoreBackend;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.identity.FleetTls;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.agent.system.LockedMemory;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.vault.Envelopes;
import dev.bartizan.agent.vault.ModelChain;
import dev.bartizan.agent.vault.ModelVault;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.disk.ScratchDisk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.fetch.Allowance;
import dev.bartizan.updater.fetch.Failover;
import dev.bartizan.updater.fetch.FetchRefusal;
import dev.bartizan.updater.fetch.HttpTransport;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.Pace;
import dev.bartizan.updater.fetch.Pause;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.Transport;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.tuf.MetadataSource;
import dev.bartizan.updater.tuf.MetadataStore;
import dev.bartizan.updater.tuf.Root;
import dev.bartizan.updater.tuf.TufClient;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The parts of a device that the daemon and single commands both need. */
public final class Device {
  private static final String METADATA = "metadata/";
  private static final String TUF = "tuf";
  private static final int MAX_ROOT = 512 * 1024;

  private Device() {}

  /**
   * How the TPM is reached.
   *
   * @throws IllegalArgumentException when the configuration names another kind of keystore
   */
  public static TpmAccess tpm(AgentConfig config, Assembly.Host host) {
    if (!(config.keystore().backend() instanceof KeystoreBackend.Tpm2 tpm)) {
      throw new IllegalArgumentException("this device's keystore is no TPM");
    }
    return new TpmAccess(tpm.address(), host.random(), Device::pauseForTpm);
  }

  /** Opens the keys made at enrolment. */
  public static DeviceKeystore openKeystore(
      AgentConfig config, Assembly.Host host, Disk disk, TrustedDocuments documents)
      throws IOException, Refusal {
    return Keystores.open(config, host, disk, Optional.of(documents));
  }

  /** The certificates got at enrolment. */
  public static Credentials credentials(Disk disk, DeviceKeystore keystore)
      throws IOException, Refusal {
    Optional<Credentials> credentials = Credentials.find(disk);
    if (credentials.isEmpty()) {
      throw new Malformed("credentials.json: this device has no certificates: enrol it");
    }
    credentials.get().requireFor(keystore);
    return credentials.get();
  }

  /** The repository, as whichever of its servers answers. */
  public static Transport transport(AgentConfig config) {
    return new Failover(mirrors(config, network -> network));
  }

  /** Small files of the repository, each within its pace, from whichever of its servers has one. */
  public static SmallFiles smallFiles(AgentConfig config) {
    return smallFiles(mirrors(config, network -> network));
  }

  /** The same, from {@code mirrors}. */
  static SmallFiles smallFiles(List<Mirror> mirrors) {
    return new SmallFiles(mirrors, System::nanoTime, Pace.DEFAULT);
  }

  /**
   * The repository's servers, in the order in which they are asked.
   *
   * @param instead what is asked in the place of a server
   */
  static List<Mirror> mirrors(AgentConfig config, UnaryOperator<Transport> instead) {
    return Stream.concat(
            Stream.of(config.repository().url()), config.repository().delivery().mirrors().stream())
        .map(url -> new Mirror(url.toString(), instead.apply(transport(config, url))))
        .toList();
  }

  private static Transport transport(AgentConfig config, URI url) {
    // Without TLS to do, nobody needs the platform's hundred and more authorities parsed at start.
    SSLContext tls = url.getScheme().equals("http") ? FleetTls.anonymous(List.of()) : null;
    return HttpTransport.to(
        url, tls, Pace.DEFAULT.silence(), config.repository().delivery().proxy());
  }

  /**
   * Puts back what is damaged of the metadata on disk, as far as the last complete set holds it.
   *
   * @return the files, by path
   */
  static List<String> mendMetadata(AgentConfig config, Disk disk, InstantSource clock)
      throws IOException, Malformed {
    try {
      return new TufClient(
              pinnedRoot(config),
              new MetadataStore(disk, TUF),
              (name, limit) -> Optional.empty(),
              clock)
          .mendFiles();
    } catch (TufRefusal setDamaged) {
      return List.of(); // Whoever loads it refuses it, and says so.
    }
  }

  /** The signed documents, below the root that came with the configuration. */
  public static TrustedDocuments documents(AgentConfig config, Disk disk, InstantSource clock)
      throws IOException, Refusal {
    return documents(config, mirrors(config, network -> network), disk, clock);
  }

  /** The same, as far as this device holds them: nobody is asked for more. */
  public static TrustedDocuments heldDocuments(AgentConfig config, Disk disk, InstantSource clock)
      throws IOException, Refusal {
    Transport nobody =
        (path, offset, count) -> {
          throw new IOException(path + ": this device does not hold it");
        };
    return documents(config, List.of(new Mirror("nobody", nobody)), disk, clock);
  }

  /** The same, from {@code mirrors}. */
  static TrustedDocuments documents(
      AgentConfig config, List<Mirror> mirrors, Disk disk, InstantSource clock)
      throws IOException, Refusal {
    MetadataStore store = new MetadataStore(disk, TUF);
    Root pinned = pinnedRoot(config);
    List<TrustedDocuments.Place> places = new ArrayList<>();
    for (Mirror mirror : mirrors) {
      TrustedDocuments.Metadata metadata =
          files -> new TufClient(pinned, store, source(files), clock);
      places.add(new TrustedDocuments.Place(metadata, smallFiles(List.of(mirror))));
    }
    return new TrustedDocuments(disk, places, System::nanoTime);
  }

  /**
   * Refreshes metadata from the pinned root, for a look: nothing of this device's changes.
   *
   * @return the version of every role
   */
  public static Map<String, Long> tryRepository(AgentConfig config, InstantSource clock)
      throws IOException, Refusal {
    SmallFiles files =
        smallFiles(config).within(new Allowance(System::nanoTime, TrustedDocuments.REFRESH));
    return new TufClient(
            pinnedRoot(config), new MetadataStore(new ScratchDisk(), TUF), source(files), clock)
        .refreshAll()
        .versions();
  }

  /**
   * The root all trust starts at.
   *
   * @throws Malformed naming its file
   */
  @TouchesTheWorld("reads the pinned root, which came with the configuration")
  public static Root pinnedRoot(AgentConfig config) throws IOException, Malformed {
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

  private static MetadataSource source(SmallFiles files) {
    return (name, limit) -> metadata(files, name, limit);
  }

  private static Optional<byte[]> metadata(SmallFiles repository, String name, int limit)
      throws IOException {
    try {
      return repository.find(METADATA + name, limit);
    } catch (FetchRefusal refused) {
      throw refused.reason() == FetchRefusal.Reason.FORBIDDEN
          ? new MetadataSource.Forbidden(name)
          : new IOException(refused.getMessage(), refused);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the agent is stopping").initCause(stopping);
    }
  }

  public static BootCheck bootCheck(
      AgentConfig config,
      Assembly.Host host,
      DeviceKeystore keystore,
      TrustedDocuments documents,
      BulkCrypto crypto) {
    return new BootCheck(
        keystore,
        config.keystore().bootPcrs(),
        config.device().bootLogs(),
        LogFile.beside(config.serve().controlSocket())::look,
        documents,
        config.device().profile(),
        host.installation(),
        crypto::sha256,
        host.workers());
  }

  /** What there is to look at beyond the boot chain. */
  public static IntegrityCheck inspection(
      TrustedDocuments documents, ModelVault vault, Disk disk, BulkCrypto crypto) {
    ObjectStore store = new ObjectStore(disk, crypto::sha256);
    return new IntegrityCheck(documents, new ModelChain(documents, store, vault), disk);
  }

  /** Where keys and weights lie on this device. */
  public static LockedMemory memory(AgentConfig config) {
    return new LockedMemory(config.memory().secrets());
  }

  /** What keeps them from others. */
  public static Safeguards safeguards(AgentConfig config, LockedMemory memory) {
    return new Safeguards(memory, config.memory().refusesSwap());
  }

  /** How this machine looks from here. */
  public static Surroundings surroundings(AgentConfig config) {
    return new Surroundings(config.device().stateDirectory(), config.device().bootLogs());
  }

  /** Opens installed releases with this device's keys. */
  public static ModelVault vault(
      Assembly.Host host,
      Disk disk,
      DeviceKeystore keystore,
      Credentials credentials,
      TrustedDocuments documents,
      BulkCrypto crypto,
      SecretMemory memory)
      throws Malformed {
    return new ModelVault(
        documents,
        new ObjectStore(disk, crypto::sha256),
        new Envelopes(disk),
        keystore,
        credentials.unwrapCertificate(),
        crypto,
        memory,
        host.workers(),
        host.cores());
  }

  @TouchesTheWorld("waits between two attempts")
  static Pause pause() {
    return duration -> Thread.sleep(duration.toMillis());
  }

  private static void pauseForTpm(Duration duration) throws InterruptedIOException {
    try {
      pause().await(duration);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException)
          new InterruptedIOException("the agent is stopping").initCause(stopping);
    }
  }

  /** The result of work that goes on side by side. */
  static <T> T await(Future<T> work) throws IOException {
    try {
      return awaitAccepted(work);
    } catch (Refusal refusal) {
      throw new IllegalStateException("a part of the agent did not start", refusal);
    }
  }

  /** The same, of work that may be refused. */
  static <T> T awaitAccepted(Future<T> work) throws IOException, Refusal {
    try {
      return work.get();
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof IOException world) {
        throw world;
      }
      if (failed.getCause() instanceof Refusal refusal) {
        throw refusal;
      }
      throw new IllegalStateException("a part of the agent did not start", failed.getCause());
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the agent is stopping").initCause(stopping);
    }
  }
}
