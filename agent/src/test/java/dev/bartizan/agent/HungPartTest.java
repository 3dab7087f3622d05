// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.system.ServiceManager;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.disk.Survival;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A part that never comes back, in a daemon with its own threads and somebody who watches it. */
class HungPartTest {
  private static final String BEAT = "WATCHDOG=1";
  private static final Duration WATCHDOG = Duration.ofMillis(90);
  private static final long PATIENCE_SECONDS = 60;

  /** Longer than a whole watchdog, in which there would be beats. */
  private static final long SILENCE_MILLIS = 300;

  private final BlockingQueue<String> said = new LinkedBlockingQueue<>();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch hang = new CountDownLatch(1);
  @TempDir private Path home;

  @Test
  void aPartThatHangsIsNamedTheWatchdogStarvesAndTheNextStartServes() throws Exception {
    Ground ground = Ground.in(home);
    SimulatedFleet.Edition edition = new SimulatedFleet(ground, 0).editions().get(0);
    SimulatedWorld world = new SimulatedWorld(ground, edition, ground.enrolled().copy(), 0);
    install(world);

    world.beforeAnswer = this::never; // A peer that keeps the connection, and the worker with it.
    world.threads = name -> Executors.newSingleThreadExecutor();
    world.manager = new ServiceManager(said::add, Optional.of(WATCHDOG));
    Daemon hung = new Daemon(world.config(), world);
    ExecutorService process = Executors.newSingleThreadExecutor();
    Callable<Boolean> run =
        () -> {
          hung.agent().run(() -> {});
          return true;
        };
    Future<Boolean> ended = process.submit(run);
    await("READY=1");
    await(BEAT);
    // Not before it hangs: what begins later has all its time yet.
    assertTrue(asked.await(PATIENCE_SECONDS, TimeUnit.SECONDS), "nobody asked the repository");

    world.pass(Duration.ofHours(2));
    String named = await("STATUS=trust: ");
    assertTrue(named.contains("metadata shows no progress for"), named);
    String then = said.poll(SILENCE_MILLIS, TimeUnit.MILLISECONDS);
    assertNull(then, "after it was named, and the manager is to end it");

    hang.countDown();
    hung.stop();
    assertTrue(ended.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
    hung.close();
    process.shutdown();
    requireNextStartServes(world);
  }

  private static void install(SimulatedWorld world) throws Exception {
    Daemon first = new Daemon(world.config(), world);
    first.agent().start();
    for (int turn = 0; turn < 300 && !isInstalled(first); turn++) {
      world.pass(first.agent().takeTurn().plusSeconds(30));
    }
    assertTrue(isInstalled(first));
    first.close();
  }

  private static boolean isInstalled(Daemon daemon) {
    return daemon.deploy().installer().current().isEmpty()
        && daemon.deploy().modelStates().stream().anyMatch(ModelState::serves);
  }

  private static void requireNextStartServes(SimulatedWorld world) throws Exception {
    world.fakeDisk().reboot(Survival.SYNCED_ONLY, 0);
    Daemon next = new Daemon(world.config(), world);
    next.agent().start();
    assertTrue(next.deploy().modelStates().stream().anyMatch(ModelState::serves));
    next.close();
  }

  private void never() {
    asked.countDown();
    try {
      hang.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /** The next message that begins so. */
  private String await(String beginning) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    String message = said.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    while (message != null && !message.startsWith(beginning)) {
      // Beats go on for ever: it is not their absence that ends the waiting.
      message = said.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
    }
    return Objects.requireNonNull(message, "nobody said " + beginning);
  }
}
