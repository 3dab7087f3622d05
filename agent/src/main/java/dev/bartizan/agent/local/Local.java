// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.local;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.control.ActivationRoute;
import dev.bartizan.agent.control.ControlRoute;
import dev.bartizan.agent.control.SuitesRoute;
import dev.bartizan.agent.deploy.Deploy;
import dev.bartizan.agent.models.Models;
import dev.bartizan.agent.schedule.DaemonThreads;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.agent.serve.oip.InferenceRoute;
import dev.bartizan.agent.trust.Trust;
import dev.bartizan.agent.uplink.Uplink;
import dev.bartizan.agent.world.Awaited;
import dev.bartizan.agent.world.World;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Future;

/** The two local sockets, for applications and for commands. They are wired here. */
public final class Local implements AutoCloseable {
  private final World world;
  private final LocalServer inference;
  private final LocalServer control;

  public Local(
      AgentConfig config,
      World world,
      Trust trust,
      Models models,
      Deploy deploy,
      Uplink uplink,
      DaemonThreads threads) {
    this.world = world;
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
                  return true;
                });
    return () -> Awaited.result(open);
  }

  @Override
  public void close() throws IOException {
    try (inference) {
      control.close();
    }
  }
}
