// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.schedule.Health;
import dev.bartizan.agent.schedule.Part;
import dev.bartizan.protocol.command.CommandKeys;
import dev.bartizan.protocol.release.DevicePolicy;
import dev.bartizan.protocol.release.UpdateTimes;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.tuf.RepositorySimulator;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whole devices, each from a seed: the daemon as it ships, in a world that cuts its power, its link
 * and its disk, kills it and sets its clock back. A life that goes wrong tells its story.
 */
public final class DeviceSimulation {
  private static final int EVENTS = 10;
  private static final int TURNS = 2;
  private static final int PATIENCE = 40;

  /** What may be wrong with a device that serves no model, and has a keystore without an anchor. */
  private static final Set<String> HARMLESS = Set.of("boot", "time", "clock");

  private final RepositorySimulator repository = new RepositorySimulator();
  private final SimulatedWorld.Ground ground;
  private final Map<String, Integer> faults = new TreeMap<>();

  /**
   * @param home an empty directory, for what a device is given by people
   */
  public DeviceSimulation(Path home) throws Exception {
    Files.write(home.resolve("root.json"), repository.rootFile(1));
    this.ground = SimulatedWorld.Ground.in(home);
  }

  /**
   * Lets one device live.
   *
   * @throws AssertionError with its story, when that is not as it should be
   */
  public void live(long seed) throws Exception {
    Life life = new Life(seed, new SimulatedWorld(ground, repository));
    try {
      life.live();
    } catch (Throwable wrong) {
      throw new AssertionError("seed " + seed + ": " + String.join("; ", life.story), wrong);
    }
    life.story.forEach(event -> faults.merge(event.replaceAll(" [0-9]+$", ""), 1, Integer::sum));
  }

  /** What happened in all lives until now, by kind. */
  public Map<String, Integer> faults() {
    return Map.copyOf(faults);
  }

  /** One device, from its first start on. */
  private static final class Life {
    private final SplittableRandom random;
    private final SimulatedWorld world;
    private final List<String> story = new ArrayList<>();
    private Daemon daemon;
    private int published;
    private long believed;

    Life(long seed, SimulatedWorld world) throws Exception {
      this.random = new SplittableRandom(seed);
      this.world = world;
      publish();
      this.daemon = new Daemon(world.config(), world);
    }

    void live() throws Exception {
      begin();
      for (int event = 0; event < EVENTS; event++) {
        happen();
        turns(TURNS);
      }
      comeToRest();
    }

    private void happen() throws Exception {
      switch (random.nextInt(8)) {
        case 0 -> publish();
        case 1 -> link(false);
        case 2 -> link(true);
        case 3 -> plan("power cut", () -> world.fakeDisk().cutBefore(1 + random.nextInt(20)));
        case 4 -> plan("disk error", () -> world.fakeDisk().failAt(1 + random.nextInt(20)));
        case 5 -> plan("disk full", () -> world.fakeDisk().fullFrom(1 + random.nextInt(20)));
        case 6 -> setClockBack();
        default -> kill();
      }
    }

    private void publish() throws Exception {
      published++;
      story.add("policy " + published);
      DevicePolicy policy =
          new DevicePolicy(
              new CommandKeys(List.of()),
              Set.of(),
              true,
              published % 2 == 0,
              Set.of(),
              UpdateTimes.ANY);
      world.publish(DevicePolicy.TARGET, policy.toJson());
    }

    private void link(boolean isOnline) {
      story.add(isOnline ? "link up" : "link down");
      world.isOnline = isOnline;
    }

    private void plan(String what, Runnable fault) {
      story.add(what);
      fault.run();
    }

    private void setClockBack() {
      story.add("clock set back");
      world.now = RepositorySimulator.START.minus(Duration.ofDays(random.nextInt(1000)));
    }

    private void kill() throws Exception {
      story.add("killed");
      world.fakeDisk().reboot(Survival.EVERYTHING, random.nextLong());
      restart();
    }

    /** A start fails for the disk alone, and is tried again by whoever supervises it. */
    private void restart() throws Exception {
      daemon = new Daemon(world.config(), world);
      begin();
    }

    private void begin() throws Exception {
      daemon.agent().start();
      look();
    }

    private void turns(int count) throws Exception {
      for (int turn = 0; turn < count; turn++) {
        try {
          world.pass(daemon.agent().takeTurn().plusSeconds(random.nextInt(1800)));
          look();
        } catch (Throwable died) {
          powerIsBack(died);
        }
      }
    }

    private void powerIsBack(Throwable died) throws Exception {
      if (!(died instanceof PowerCut || died.getCause() instanceof PowerCut)) {
        throw new AssertionError("died of " + died, died);
      }
      story.add("power back");
      world.fakeDisk().reboot(Survival.RANDOM_SUBSET, random.nextLong());
      restart();
    }

    /** Whatever happens: what was once believed is not taken back. */
    private void look() {
      long version = metadata();
      require(version >= believed, "back from version " + believed + " to " + version);
      believed = version;
    }

    private long metadata() {
      return daemon.agent().metadata().getOrDefault("targets", 0L);
    }

    /** Link and disk are back, and time passes: the device believes what the fleet says now. */
    private void comeToRest() throws Exception {
      story.add("rest");
      FakeDisk disk = world.fakeDisk();
      disk.behave();
      world.isOnline = true;
      for (int turn = 0; turn < PATIENCE && !isAtRest(); turn++) {
        turns(1);
      }
      require(world.version() == metadata(), "believes " + metadata() + ", not " + world.version());
      require(wrong().isEmpty(), "still wrong: " + wrong());
      require(unwell().isEmpty(), "not well: " + unwell());
    }

    private Set<String> unwell() {
      JsonNode health = daemon.status().document().path("health");
      return Stream.of(Part.values())
          .map(Part::text)
          .filter(part -> !health.path(part).asText().equals(Health.GOOD))
          .collect(Collectors.toSet());
    }

    private static void require(boolean holds, String otherwise) {
      if (!holds) {
        throw new AssertionError(otherwise);
      }
    }

    private boolean isAtRest() {
      return metadata() == world.version() && wrong().isEmpty() && unwell().isEmpty();
    }

    private Set<String> wrong() {
      ObjectNode problems = (ObjectNode) daemon.status().document().get("problems");
      Set<String> wrong = new TreeSet<>();
      problems.fieldNames().forEachRemaining(wrong::add);
      wrong.removeAll(HARMLESS);
      return wrong;
    }
  }
}
