// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.Daemon;
import dev.bartizan.agent.command.DecommissionOrder;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.config.ConfigRefusal;
import dev.bartizan.agent.decommission.Decommissioning;
import dev.bartizan.agent.world.Machine;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.updater.software.Slot;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bartizan run}. */
@Command(
    name = "run",
    description = {
      "Run the daemon until it is told to stop (SIGTERM).",
      "",
      "Under systemd it reports itself ready when its models are served, or when it knows why they"
          + " are not; `bartizan status` tells which."
    })
final class RunCommand implements Callable<Integer> {
  /** What is configured will not get better by itself: systemd does not start it again. */
  static final int NOT_BY_ITSELF = 2;

  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
  private static final long STOP_SECONDS = 20;

  @Mixin private ConfigOption config = new ConfigOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, Refusal, InterruptedException {
    Logs.begin();
    endWithAnyThread();
    AgentConfig settings;
    try {
      settings = config.read();
    } catch (ConfigRefusal unusable) {
      spec.commandLine().getErr().println(Explanation.of(unusable));
      return unconfigured();
    }
    try (Machine machine = new Machine(settings, ConfigOption.host())) {
      if (DecommissionOrder.find(machine.disk()).isEmpty()) {
        serve(settings, machine);
      }
      Optional<DecommissionOrder> order = DecommissionOrder.find(machine.disk());
      return order.isPresent() ? leave(settings, machine, order.get()) : 0;
    } catch (KeystoreRefusal refusal) {
      if (refusal.reason() != KeystoreRefusal.Reason.WRONG_PIN) {
        throw refusal;
      }
      // Started again and again, the daemon would use up the tries that the token allows.
      LOG.error("not to be started again before the PIN file is right: {}", refusal.getMessage());
      return NOT_BY_ITSELF;
    }
  }

  private static void serve(AgentConfig settings, Machine machine)
      throws IOException, Refusal, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    try (Daemon daemon = new Daemon(settings, machine)) {
      stopOnSignal(daemon, ended);
      daemon.run();
    } finally {
      ended.countDown();
    }
  }

  /** In the place of a daemon: what it was to guard goes. */
  private static int leave(AgentConfig settings, Machine machine, DecommissionOrder order)
      throws IOException, Refusal, InterruptedException {
    if (!Decommissioning.of(settings, machine).obey(order)) {
      return Failures.NOT_NOW; // The next start is a daemon's.
    }
    LOG.error(
        "this device was decommissioned at {} by command {}; bartizan enroll gives it a new life in"
            + " another fleet",
        order.acceptedAt(),
        order.id());
    return NOT_BY_ITSELF;
  }

  /**
   * A thread that dies of a bug leaves a daemon that does less than it seems to: systemd starts
   * another one. At once: what would be done at an orderly end may be just what does not work.
   */
  @TouchesTheWorld("ends the process")
  private static void endWithAnyThread() {
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, error) -> {
          try {
            LOG.error("thread {} died: {}", thread.getName(), oneLine(error));
          } finally {
            Runtime.getRuntime().halt(Failures.NOT_NOW);
          }
        });
  }

  /** What it was and where, without a trace: nobody asked for one. */
  static String oneLine(Throwable error) {
    StackTraceElement[] trace = error.getStackTrace();
    String text = error + (trace.length == 0 ? "" : " at " + trace[0]);
    return text.replaceAll("\\p{Cntrl}+", " ");
  }

  /**
   * A file does not get better by being read again. But a version that updated itself, and does not
   * understand what the one before did, is started again until the launcher goes back.
   */
  private static int unconfigured() {
    boolean isUpdated = ConfigOption.host().slot().filter(slot -> slot != Slot.BASE).isPresent();
    return isUpdated ? Failures.REFUSED : NOT_BY_ITSELF;
  }

  /** Waits for the end of the work, not of its thread: that one will wait for this hook to exit. */
  @TouchesTheWorld("signals")
  private static void stopOnSignal(Daemon daemon, CountDownLatch ended) {
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(daemon, ended), "stop"));
  }

  private static void stop(Daemon daemon, CountDownLatch ended) {
    daemon.stop();
    try {
      if (!ended.await(STOP_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("did not stop within {} s", STOP_SECONDS);
      }
    } catch (InterruptedException hurried) {
      // The process ends anyway.
    }
  }
}
