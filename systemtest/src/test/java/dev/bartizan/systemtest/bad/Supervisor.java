// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.TestDevice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for systemd: starts the daemon with its state directory, and again whenever it ends. */
final class Supervisor {
  private static final long STOP_SECONDS = 20;

  private final ProcessBuilder command;
  private final AtomicInteger starts = new AtomicInteger();
  private final Thread thread = new Thread(this::run, "supervisor");
  private volatile boolean isStopping;
  private volatile Process process;

  private Supervisor(ProcessBuilder command) throws IOException {
    this.command = command;
    this.process = command.start();
  }

  static Supervisor start(Distribution installed, TestDevice device, Path log) throws IOException {
    return start(installed, device, log, Map.of());
  }

  /**
   * @param environment what else the service manager says
   */
  static Supervisor start(
      Distribution installed, TestDevice device, Path log, Map<String, String> environment)
      throws IOException {
    ProcessBuilder command =
        new ProcessBuilder(
            List.of(installed.device(), "run", "--config", device.configuration().toString()));
    command.environment().put("STATE_DIRECTORY", device.state().toString());
    command.environment().putAll(environment);
    command.redirectErrorStream(true);
    command.redirectInput(Path.of("/dev/null").toFile());
    command.redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Supervisor supervisor = new Supervisor(command);
    supervisor.starts.incrementAndGet();
    supervisor.thread.start();
    return supervisor;
  }

  /** How often the daemon has been started. */
  int starts() {
    return starts.get();
  }

  /** What systemd does to a daemon that lets its watchdog pass. */
  void kill() {
    process.destroyForcibly();
  }

  private void run() {
    try {
      while (!isStopping) {
        process.waitFor();
        if (!isStopping) {
          process = command.start();
          starts.incrementAndGet();
        }
      }
    } catch (IOException | InterruptedException over) {
      process.destroyForcibly();
    }
  }

  void stop() throws InterruptedException {
    isStopping = true;
    process.destroy();
    if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    thread.join();
  }
}
