// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import java.nio.file.Path;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Whole devices, each from a seed: the daemon as it ships, in a world that cuts its power, its link
 * and its disk, keeps its chip busy, kills it, sets its clock back, commands it, rightly and
 * wrongly, and publishes releases good and bad. A life that goes wrong tells its story.
 *
 * <p>Devices of neighbouring seeds live in the same fleet. Any number of threads may have lives
 * lived at once.
 */
public final class DeviceSimulation {
  private static final int DEVICES = 50;

  private final Ground ground;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<Long, SimulatedFleet> fleets = new TreeMap<>();

  /**
   * @param home an empty directory, for what a device is given by people
   */
  public DeviceSimulation(Path home) throws Exception {
    this.ground = Ground.in(home);
  }

  /**
   * Lets the devices of some seeds live, as many at once as there are cores.
   *
   * @throws AssertionError with the story of the first that is not as it should be
   */
  public void liveAll(long first, long count) throws InterruptedException {
    AtomicLong next = new AtomicLong(first);
    Callable<Boolean> work =
        () -> {
          for (long seed = next.getAndIncrement();
              seed < first + count;
              seed = next.getAndIncrement()) {
            live(seed);
          }
          return true;
        };
    int cores = Runtime.getRuntime().availableProcessors();
    ExecutorService threads = Executors.newFixedThreadPool(cores);
    try {
      for (Future<Boolean> one : threads.invokeAll(Collections.nCopies(cores, work))) {
        one.get();
      }
    } catch (ExecutionException wrong) {
      throw new AssertionError(String.valueOf(wrong.getMessage()), wrong);
    } finally {
      threads.shutdownNow();
    }
  }

  /**
   * Lets one device live.
   *
   * @throws AssertionError with its story, when that is not as it should be
   */
  public void live(long seed) throws Exception {
    SimulatedLife life = new SimulatedLife(seed, ground, fleet(seed / DEVICES));
    Map<String, Integer> steps;
    try {
      steps = life.live();
    } catch (Throwable wrong) {
      throw new AssertionError(
          "seed " + seed + ": " + wrong.getMessage() + "\n  " + String.join("\n  ", life.story()),
          wrong);
    }
    synchronized (counts) {
      steps.forEach((step, count) -> counts.merge(step, count, Integer::sum));
      life.story().forEach(event -> counts.merge(event.replaceAll(":.*", ""), 1, Integer::sum));
    }
  }

  private SimulatedFleet fleet(long number) throws Exception {
    synchronized (fleets) {
      SimulatedFleet fleet = fleets.get(number);
      if (fleet == null) {
        fleet = new SimulatedFleet(ground, number);
        fleets.put(number, fleet);
        fleets.remove(number - 2); // Whoever lives there still has it.
      }
      return fleet;
    }
  }

  /** What happened in all lives until now, by kind. */
  public Map<String, Integer> counts() {
    synchronized (counts) {
      return Map.copyOf(counts);
    }
  }
}
