// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import dev.bartizan.agent.attest.AcmeAttester;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.control.ActivationRoute;
import dev.bartizan.agent.control.ControlRoute;
import dev.bartizan.agent.control.SuitesRoute;
import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.agent.schedule.Schedule;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.agent.serve.oip.InferenceRoute;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.uplink.Uplink;
import dev.bartizan.agent.world.Awaited;
import dev.bartizan.agent.world.World;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;
import java.util.stream.Stream;

/** The two local sockets, for applications and for commands. They are wired here. */
public final class Local implements AutoCloseable {
  private static final Duration BRIEF = Duration.ofMinutes(5);
  private static final String SOCKETS = "sockets";

  private final World world;
  private final LocalServer inference;
  private final LocalServer control;
  private final EventPublisher publisher;
  private volatile boolean isOpen;

  public Local(
      AgentConfig config,
      World world,
      Trust trust,
      Models models,
      Deploy deploy,
      Uplink uplink,
      DaemonThreads threads) {
    this.world = world;
    this.publisher = uplink.publisher();
    this.inference =
        new LocalServer(
            inference(config.serve()),
            List.of(
                new InferenceRoute(
                    models.service(),
                    world.host().installation().version(),
                    config.serve().maxRequestBytes()),
                new SuitesRoute(models.service()),
                new ActivationRoute(deploy.consents(), threads.loop()::wake)));
    IntegrityCheck integrity =
        IntegrityCheck.of(trust.documents(), models.vault(), models.crypto(), world.disk());
    LocalCheck check =
        new LocalCheck(
            threads.loop(), trust.bootCheck(), deploy.anchor(), integrity, models.safeguards());
    DaemonControl daemon =
        new DaemonControl(
            uplink.status(),
            check,
            new Surroundings(config.device()),
            new LocalHistory(world.disk(), deploy.installer()::head),
            uplink.attester(),
            new AcmeAttester(trust.keystore(), trust.credentials(), trust.clock()),
            new LocalUpdates(trust, deploy, threads));
    this.control =
        new LocalServer(
            ServerOptions.on(config.serve().controlSocket()).withPermissions("rw-------"),
            List.of(new ControlRoute(daemon)));
  }

  private static ServerOptions inference(AgentConfig.Serve serve) {
    ServerOptions options = ServerOptions.on(serve.inferenceSocket());
    Optional<Integer> port = serve.loopbackPort();
    return port.isPresent() ? options.withLoopbackPort(port.get()) : options;
  }

  /** Sockets that open while the boot chain is checked and the models load. */
  @FunctionalInterface
  public interface Opening {
    /** Fails when one cannot be opened: it is in use, or its directory is missing. */
    void await() throws IOException;
  }

  /** Begins to open both. */
  public Opening open() {
    Future<Boolean> open =
        world
            .host()
            .workers()
            .pool()
            .submit(
                () -> {
                  inference.start();
                  control.start();
                  isOpen = true;
                  return true;
                });
    return () -> Awaited.result(open);
  }

  /** Looks whether anybody could still reach them. */
  public void schedule(Schedule schedule) {
    schedule.add(Part.LOCAL, "the sockets", BRIEF, this::look);
  }

  private Duration look() {
    Optional<Path> closed =
        Stream.of(inference, control).flatMap(it -> it.closed().stream()).findFirst();
    if (isOpen && closed.isPresent()) {
      publisher.problem(
          SOCKETS, closed.get() + " is gone: nobody reaches the daemon by it; restart it");
    } else {
      publisher.mended(SOCKETS);
    }
    return Subsystem.IDLE;
  }

  @Override
  public void close() throws IOException {
    try (inference) {
      control.close();
    }
  }
}
