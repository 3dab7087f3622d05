// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.agent.world.Host;
import dev.bartizan.agent.world.Time;
import dev.bartizan.agent.world.Workers;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.updater.software.Installation;
import dev.bartizan.updater.software.Slot;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import picocli.CommandLine.Option;

/** {@code --config}, and what every command makes from it: the one place that reads the clock. */
@TouchesTheWorld("where commands get clock, randomness and threads from")
final class ConfigOption {
  private static final int OK = 200;
  private static final int NOT_NOW = 503;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "The configuration (default: /etc/bartizan/agent.toml).")
  private Path file = AgentConfig.DEFAULT_FILE;

  AgentConfig read() throws IOException, Refusal {
    return AgentConfig.read(file);
  }

  /** This machine. */
  static Host host() {
    int cores = Math.max(1, Runtime.getRuntime().availableProcessors());
    return new Host(
        new Installation(home(), ProductVersion.TEXT),
        slot(),
        new Time(Clock.systemUTC(), System::nanoTime, time -> Thread.sleep(time.toMillis())),
        new SecureRandom(),
        ServiceManager.ofEnvironment(),
        new Workers(threads("worker", cores + 1), cores, name -> threads(name, 1)));
  }

  /** Where the launcher found itself; without a launcher there is no installation to check. */
  private static Path home() {
    return Path.of(System.getProperty("bartizan.home", ".")).toAbsolutePath().normalize();
  }

  /** Said by a launcher that would start another version. */
  private static Optional<Slot> slot() {
    String said = System.getProperty("bartizan.slot", "");
    return Stream.of(Slot.values()).filter(slot -> slot.text().equals(said)).findFirst();
  }

  private static ExecutorService threads(String name, int count) {
    return Executors.newFixedThreadPool(
        count,
        work -> {
          Thread thread = new Thread(work, name);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** The running daemon's answer to a GET. */
  static byte[] ask(AgentConfig config, String path) throws IOException, Refusal {
    return content(new LocalClient(config.serve().controlSocket()).get("/bartizan/v1/" + path));
  }

  /** The running daemon's answer to a POST. */
  static byte[] ask(AgentConfig config, String path, byte[] json) throws IOException, Refusal {
    return content(
        new LocalClient(config.serve().controlSocket()).post("/bartizan/v1/" + path, json));
  }

  private static byte[] content(Answer answer) throws IOException, Refusal {
    byte[] body = new byte[answer.body().remaining()];
    answer.body().get(body);
    if (answer.status() == OK) {
      return body;
    }
    DaemonRefusal refusal = DaemonRefusal.read(answer.status(), body);
    if (answer.status() == NOT_NOW) {
      throw new IOException(refusal.getMessage(), refusal);
    }
    throw refusal;
  }
}
