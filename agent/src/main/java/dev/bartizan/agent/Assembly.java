// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.anchor.RollbackAnchor;
import dev.bartizan.agent.boot.BootCheck;
import dev.bartizan.agent.command.CommandProcessor;
import dev.bartizan.agent.command.Inbox;
import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.ProvidedFiles;
import dev.bartizan.agent.control.ActivationRoute;
import dev.bartizan.agent.control.ControlRoute;
import dev.bartizan.agent.control.SuitesRoute;
import dev.bartizan.agent.identity.Credentials;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.report.Attester;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.LogFile;
import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.schedule.Heartbeat;
import dev.bartizan.agent.schedule.Pulse;
import dev.bartizan.agent.schedule.Worker;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.agent.serve.oip.InferenceRoute;
import dev.bartizan.agent.system.LockedMemory;
import dev.bartizan.agent.system.Safeguards;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.update.ComponentRouter;
import dev.bartizan.agent.update.ConnectivityCheck;
import dev.bartizan.agent.update.Consents;
import dev.bartizan.agent.update.Delivery;
import dev.bartizan.agent.update.DeliveryNews;
import dev.bartizan.agent.update.DistantPayloads;
import dev.bartizan.agent.update.GatedTrial;
import dev.bartizan.agent.update.ModelTrial;
import dev.bartizan.agent.update.OfflineSource;
import dev.bartizan.agent.update.ReleaseKeys;
import dev.bartizan.agent.update.ReleasePayloads;
import dev.bartizan.agent.update.SoftwarePayloads;
import dev.bartizan.agent.update.SoftwareTrial;
import dev.bartizan.agent.update.SuiteDocuments;
import dev.bartizan.agent.update.UpdateGate;
import dev.bartizan.agent.vault.Envelopes;
import dev.bartizan.agent.vault.ModelLoader;
import dev.bartizan.agent.vault.ModelVault;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.protocol.command.CommandVerifier;
import dev.bartizan.protocol.evidence.EvidenceWriter;
import dev.bartizan.updater.disk.LinuxDisk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.engine.OnnxRuntime;
import dev.bartizan.updater.fetch.DataBudget;
import dev.bartizan.updater.fetch.Download;
import dev.bartizan.updater.fetch.Mirror;
import dev.bartizan.updater.fetch.SmallFiles;
import dev.bartizan.updater.fetch.ToldTransport;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.JournalCopy;
import dev.bartizan.updater.install.Limits;
import dev.bartizan.updater.software.AgentVersions;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.software.Slot;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Puts an agent together from its configuration. What does not depend on each other starts side by
 * side: the native libraries of cipher and model runtime load while the keystore is opened.
 */
public final class Assembly implements AutoCloseable {
  private final AgentConfig config;
  private final Host host;
  private final LinuxDisk disk;
  private final Pulse loop = new Pulse("the loop", System::nanoTime);
  private final EventLoop turns = new EventLoop(loop);
  private final Worker worker;
  private final LocalServer inference;
  private final LocalServer control;
  private final FleetLink link;
  private final ModelService service;
  private final Agent agent;

  /**
   * The machine, as the command line hands it in.
   *
   * @param slot which version of the agent this is, when it was started by a launcher that would
   *     start another
   * @param workers run what goes side by side; {@code cores} at once
   */
  public record Host(
      Installation installation,
      Optional<Slot> slot,
      Clock clock,
      SecureRandom random,
      ServiceManager manager,
      ExecutorService workers,
      int cores) {}

  public Assembly(AgentConfig config, Host host) throws IOException, Refusal {
    this.config = config;
    this.host = host;
    Pulse errands = new Pulse("the worker", System::nanoTime);
    this.worker = new Worker(oneThread("repository"), errands, turns::wake);
    Heartbeat heartbeat =
        new Heartbeat(List.of(loop, errands), host.manager()::alive, host.manager()::status);
    LockedMemory memory = Device.memory(config);
    Safeguards safeguards = Device.safeguards(config, memory);
    Future<Boolean> memoryReady =
        host.workers()
            .submit(
                () -> {
                  memory.prepare();
                  return true;
                });
    Future<BulkCrypto> bulk = host.workers().submit(BulkCrypto::fastest);
    Future<OnnxRuntime> runtime =
        host.workers().submit(() -> OnnxRuntime.open(config.serve().threads()));
    this.disk = LinuxDisk.acquire(config.device().stateDirectory());
    TrustedClock clock = TrustedClock.open(host.clock(), System::nanoTime, disk);
    List<String> mended = Device.mendMetadata(config, disk, clock);
    OfflineSource offline = OfflineSource.open(disk);
    List<Mirror> mirrors =
        Device.mirrors(
            config, network -> new ToldTransport(offline.before(network), worker::progress));
    SmallFiles repository = Device.smallFiles(mirrors);
    TrustedDocuments documents = Device.documents(config, mirrors, disk, clock);
    DeviceKeystore keystore = Device.openKeystore(config, host, disk, documents);
    Credentials credentials = Device.credentials(disk, keystore);
    BulkCrypto crypto = Device.await(bulk);
    Device.await(memoryReady);

    ActiveAlarms problems = new ActiveAlarms();
    Outbox outbox = Outbox.open(disk);
    EventPublisher news = new EventPublisher(problems, outbox, clock);
    BootCheck bootCheck = Device.bootCheck(config, host, keystore, documents, crypto);
    bootCheck.begin();
    Measurements measurements =
        new Measurements(
            keystore,
            new EvidenceWriter(keystore, config.keystore().bootPcrs()),
            LogFile.beside(config.serve().controlSocket()),
            config.keystore().agentPcrs());

    this.service = new ModelService(Set.of(), System::nanoTime);
    ObjectStore store = new ObjectStore(disk, crypto::sha256);
    ModelVault vault = Device.vault(host, disk, keystore, credentials, documents, crypto, memory);
    ModelLoader loader =
        new ModelLoader(
            vault,
            store,
            measurements,
            safeguards::requireForModels,
            () -> Device.awaitAccepted(runtime));
    AgentConfig.Delivery delivery = config.repository().delivery();
    DataBudget budget = DataBudget.open(disk, delivery.budget(), clock);
    Consents consents = new Consents(clock);
    Policy policy = new Policy(documents, service, problems);
    UpdateGate gate = new UpdateGate(keystore.ueid(), policy::times, consents, clock);
    Download download =
        new Download(
            mirrors,
            delivery.fetch(),
            offline.before(budget),
            clock,
            host.random(),
            Device.pause());
    Delivery files = new Delivery(download, new DeliveryNews(news), budget, gate, offline);
    ReleaseKeys keys =
        new ReleaseKeys(
            keystore.ueid(), credentials.unwrapCertificate(), repository, new Envelopes(disk));
    ReleasePayloads payloads =
        new ReleasePayloads(
            documents, files, store, keys, vault, crypto, host.workers(), worker::progress);
    AgentVersions versions = new AgentVersions(disk);
    JournalCopy journal = new JournalCopy(disk);
    ConnectivityCheck contact = new ConnectivityCheck();
    SoftwareTrial software =
        new SoftwareTrial(
            versions,
            store,
            journal,
            host.slot().orElse(Slot.BASE),
            config.versions().softwareTrial(),
            contact,
            System::nanoTime);
    SuiteDocuments suites = new SuiteDocuments(documents, store);
    ComponentRouter ways =
        new ComponentRouter(
            files,
            store,
            suites,
            payloads,
            new ModelTrial(loader::load, service, suites::held, System::nanoTime),
            new SoftwarePayloads(
                documents, files, store, versions, host.installation(), host.slot().isPresent()),
            software);
    DistantPayloads distant = new DistantPayloads(ways, worker);
    GatedTrial trial = new GatedTrial(gate, ways);
    Limits limits = new Limits(Limits.DEFAULT.starts(), config.versions().previousKept());
    Installer installer =
        journal.open(
            versions.record().fallen().isPresent(),
            () -> Installer.open(disk, store, distant, trial, news, clock, limits));

    payloads.makeFrom(component -> installer.components().releases(component));
    RollbackAnchor state = new RollbackAnchor(keystore.anchor(), documents, installer::head, disk);
    DeviceStatus facts =
        new DeviceStatus(
            host.installation().version(),
            keystore,
            documents,
            installer,
            service,
            credentials,
            problems,
            crypto.name(),
            safeguards,
            clock);
    Attester evidence =
        new Attester(measurements, facts::health, config.device().bootLogs(), clock);
    policy.tell(facts::policy);
    Updates updates = new Updates(documents, installer, ways, bootCheck, contact, offline, clock);
    Inbox inbox = Inbox.open(disk, clock.instant());
    StartupDiagnostics findings =
        StartupDiagnostics.of(
            mended,
            inbox,
            outbox,
            clock,
            new ProvidedFiles(disk).changes(config.providedFiles()),
            versions.fault());
    CommandProcessor commands =
        new CommandProcessor(
            inbox,
            new CommandVerifier(keystore.ueid(), config.fleet().groups()),
            policy::commandKeys,
            new CommandHandlers(updates, installer, evidence, facts, worker),
            counter(outbox, news),
            clock);

    this.link =
        new FleetLink(config.fleet(), keystore, credentials, outbox, commands, problems, host);
    facts.broker(link::state);
    this.inference = inferenceServer(new ActivationRoute(consents, turns::wake));
    this.control =
        new LocalServer(
            ServerOptions.on(config.serve().controlSocket()).withPermissions("rw-------"),
            List.of(
                new ControlRoute(
                    new DaemonControl(
                        turns,
                        worker,
                        facts,
                        bootCheck,
                        state,
                        Device.inspection(documents, vault, disk, crypto),
                        safeguards,
                        Device.surroundings(config),
                        evidence,
                        updates,
                        policy,
                        installer,
                        disk,
                        clock))));
    this.agent =
        new Agent(
            new AgentParts(
                documents,
                policy,
                bootCheck,
                measurements,
                loader,
                service,
                installer,
                software,
                updates,
                commands,
                link,
                outbox,
                new ContentKeyMaintenance(keystore, keys, installer, service, news),
                distant,
                worker,
                loop,
                heartbeat,
                new SuiteWatch(installer, suites, service, news),
                news,
                problems,
                findings,
                facts,
                state,
                turns,
                host.manager(),
                config.repository().checkEvery(),
                clock));
  }

  /** Serves until {@link #stop}. */
  public void run() throws IOException, InterruptedException {
    // The sockets open while the boot chain is checked and the models load.
    Future<Boolean> sockets =
        host.workers()
            .submit(
                () -> {
                  inference.start();
                  control.start();
                  return true;
                });
    agent.run(() -> Device.await(sockets));
  }

  /** Lets the current turn be the last; from any thread. */
  public void stop() {
    turns.stop();
  }

  @Override
  public void close() throws IOException {
    worker.close();
    link.close();
    control.close();
    inference.close();
    service.close();
    disk.close();
  }

  private static ExecutorService oneThread(String name) {
    return Executors.newSingleThreadExecutor(
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  private LocalServer inferenceServer(Route activation) {
    ServerOptions options = ServerOptions.on(config.serve().inferenceSocket());
    Optional<Integer> port = config.serve().loopbackPort();
    long limit = config.serve().maxRequestBytes();
    return new LocalServer(
        port.isPresent() ? options.withLoopbackPort(port.get()) : options,
        List.of(
            new InferenceRoute(service, host.installation().version(), limit),
            new SuitesRoute(service),
            activation));
  }

  private CommandProcessor.Counter counter(Outbox outbox, EventPublisher news) {
    return new CommandProcessor.Counter() {
      @Override
      public void answer(Reply reply) throws IOException {
        outbox.put(new Message(Message.Channel.RESPONSE, reply.toJson()));
      }

      @Override
      public void refused(Refusal refusal) {
        news.incident("command", Explanation.of(refusal));
      }

      @Override
      public void wake() {
        turns.wake();
      }
    };
  }
}
