// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import static dev.bartizan.agent.LifeInvariants.require;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.protocol.evidence.ModelState;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;

/** One device, from its first start on: what happens to it is drawn from its seed. */
final class SimulatedLife {
  private static final int EVENTS = 6;
  private static final int PATIENCE = 400;

  /** After so many turns an operator asks again. */
  private static final int ASK_AGAIN = 20;

  /** What may be wrong with a device whose boot nobody can judge, and whose clock was set back. */
  private static final Set<String> HARMLESS = Set.of("boot", "time", "clock");

  private final SplittableRandom random;
  private final SimulatedFleet fleet;
  private final SimulatedWorld world;
  private final FakeDisk disk;
  private final SimulatedOperator operator;
  private final LifeInvariants invariants;
  private final List<String> story = new ArrayList<>();
  private final List<String> asked = new ArrayList<>();
  private Optional<FakeDisk> oldDisk = Optional.empty();
  private Daemon daemon;

  /** Which edition is served. */
  private int edition;

  SimulatedLife(long seed, Ground ground, SimulatedFleet fleet) throws Exception {
    this.random = new SplittableRandom(seed);
    this.fleet = fleet;
    this.disk = ground.enrolled().copy();
    this.world = new SimulatedWorld(ground, fleet.editions().get(0), disk, seed);
    this.operator = new SimulatedOperator(ground, world);
    this.invariants = new LifeInvariants(fleet, disk, operator.worthless());
    this.daemon = new Daemon(world.config(), world);
  }

  /** What has happened until now, in order. */
  List<String> story() {
    return List.copyOf(story);
  }

  /**
   * Lives it to its end.
   *
   * @return which steps the device took, and how often
   */
  Map<String, Integer> live() throws Exception {
    begin();
    turns(random.nextInt(40));
    for (int event = 0; event < EVENTS; event++) {
      happen();
      turns(1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 4));
    }
    comeToRest();
    Map<String, Integer> steps = invariants.requireWholeHistory(status());
    if (random.nextInt(4) == 0) {
      putBackAnOldDisk();
    }
    return steps;
  }

  private void happen() throws Exception {
    switch (random.nextInt(23)) {
      case 0, 1, 2, 3, 4, 5, 6 -> publish();
      case 7 -> link(false);
      case 8, 9 -> link(true);
      case 10 -> plan("link breaks", () -> world.breaksAfter = Optional.of(random.nextInt(20_000)));
      case 11, 12 -> plan("power cut", () -> disk.cutBefore(1 + random.nextInt(60)));
      case 13 -> plan("disk error", () -> disk.failAt(1 + random.nextInt(40)));
      case 14 -> plan("disk full", () -> disk.fullFrom(1 + random.nextInt(40)));
      case 15 -> plan("disk has room again", disk::behave);
      case 16 -> plan("clock set back", () -> world.now = world.truth.minus(years()));
      case 17 -> plan("clock set right", () -> world.now = world.truth);
      case 18 -> chip();
      case 19, 20, 21 -> order();
      default -> kill();
    }
  }

  private Duration years() {
    return Duration.ofDays(random.nextInt(1000));
  }

  private void publish() {
    boolean isStale = random.nextInt(8) == 0;
    if (isStale) {
      world.served = fleet.editions().get(random.nextInt(edition + 1));
      tell("an old edition is served", world.served.what());
    } else if (edition < fleet.editions().size() - 2) {
      // A device need not see each of them.
      edition = Math.min(edition + 1 + random.nextInt(3), fleet.editions().size() - 2);
      world.served = fleet.editions().get(edition);
      tell("published", world.served.what());
      if (random.nextInt(3) == 0) {
        oldDisk = Optional.of(disk.copy());
      }
      if (random.nextBoolean()) {
        ask(newest());
      }
    }
  }

  private void link(boolean isOnline) {
    tell(isOnline ? "link up" : "link down", "");
    world.isOnline = isOnline;
  }

  private void plan(String what, Runnable fault) {
    tell(what, "");
    fault.run();
  }

  private void chip() {
    switch (random.nextInt(3)) {
      case 0 -> plan("TPM busy", () -> world.chip().busyFor(1 + random.nextInt(8)));
      case 1 -> plan("TPM refuses", () -> world.chip().refuseFor(1 + random.nextInt(8)));
      default ->
          plan(
              "power cut in the TPM",
              () -> world.chip().cutAt(1 + random.nextInt(4), random.nextBoolean()));
    }
  }

  private SimulatedFleet.Offer newest() {
    List<SimulatedFleet.Offer> offers = world.served.offers();
    return offers.get(offers.size() - 1);
  }

  private String ask(SimulatedFleet.Offer offer) {
    return asked("update", offer.kind() + " " + offer.release(), operator.update(offer));
  }

  private void order() {
    List<SimulatedFleet.Offer> offers = world.served.offers();
    SimulatedFleet.Offer offer = offers.get(random.nextInt(offers.size()));
    switch (random.nextInt(10)) {
      case 0 -> asked("status", "", operator.status());
      case 1 -> asked("attest", "", operator.attest());
      case 2, 3 -> {
        String model = SimulatedFleet.MODELS.get(random.nextInt(SimulatedFleet.MODELS.size()));
        asked("rollback", model, operator.rollBack(model));
      }
      case 4 -> tell("a command comes again", operator.repeat(random).isPresent() ? "" : "none");
      case 5 -> tell("a command comes too late", operator.late(offer));
      case 6 -> tell("a command is forged", operator.forge(offer));
      default -> ask(offer);
    }
  }

  private String asked(String what, String about, String id) {
    tell(what, about + " as " + id);
    asked.add(id);
    return id;
  }

  private void kill() throws Exception {
    tell("killed", "");
    disk.reboot(Survival.EVERYTHING, random.nextLong());
    restart();
  }

  private void tell(String what, String detail) {
    story.add(detail.isEmpty() ? what : what + ": " + detail);
  }

  /** A start fails for chip and disk alone, and is tried again by whoever supervises it. */
  private void restart() throws Exception {
    world.broker().lost();
    boolean isChipWell = world.chip().isInOrder();
    for (int start = 1; ; start++) {
      try {
        invariants.restarted();
        daemon = new Daemon(world.config(), world);
        begin();
        break;
      } catch (IOException notNow) {
        require(!isChipWell && start < 10, "does not start: " + notNow);
      }
    }
    if (isChipWell) {
      LifeInvariants.requireInstalledServes(daemon);
    }
  }

  private void begin() throws Exception {
    daemon.agent().start();
    daemon.agent().listen();
    look();
  }

  private void turns(int count) throws Exception {
    for (int turn = 0; turn < count; turn++) {
      try {
        world.broker().carry(world.isOnline);
        Duration pause = daemon.agent().takeTurn();
        world.pass(pause.plusSeconds(random.nextInt(isOnTrial() ? 20 : 600)));
        look();
      } catch (Throwable died) {
        powerIsBack(died);
      }
    }
  }

  private void powerIsBack(Throwable died) throws Exception {
    Throwable cause = died;
    while (cause != null && !(cause instanceof PowerCut)) {
      cause = cause.getCause();
    }
    if (cause == null) {
      throw new AssertionError("died of " + died, died);
    }
    tell("power back", "");
    disk.reboot(Survival.RANDOM_SUBSET, random.nextLong());
    restart();
  }

  private void look() {
    invariants.look(daemon, metadata());
  }

  private boolean isOnTrial() {
    return daemon.deploy().installer().current().filter(it -> it.state().isOnTrial()).isPresent();
  }

  private JsonNode status() {
    return daemon.status().document();
  }

  private long metadata() {
    return daemon.agent().metadata().getOrDefault("targets", 0L);
  }

  /** All is well again, and somebody orders the last of what was published. */
  private void comeToRest() throws Exception {
    tell("rest", "");
    disk.behave();
    world.chip().behave();
    world.isOnline = true;
    world.breaksAfter = Optional.empty();
    world.now = world.truth;
    world.served = fleet.editions().get(fleet.editions().size() - 1);
    SimulatedFleet.Offer last = newest();
    for (int turn = 0; turn < PATIENCE && metadata() != world.served.version(); turn++) {
      turns(1);
    }
    List<String> finale =
        List.of(asked("status", "", operator.status()), asked("attest", "", operator.attest()));
    String order = ask(last);
    for (int turn = 0; turn < PATIENCE && !isAtRest(last); turn++) {
      turns(1);
      if (turn % ASK_AGAIN == ASK_AGAIN - 1 && !world.broker().words(order).contains("done")) {
        order = ask(last);
      }
    }
    requireRest();
    for (String id : finale) {
      require(world.broker().words(id).contains("done"), id + " was not done");
    }
  }

  private boolean isAtRest(SimulatedFleet.Offer last) {
    // The status is long, and of no use before that.
    if (daemon.deploy().installer().current().isPresent()) {
      return false;
    }
    String version = last.release().version();
    boolean isThere =
        daemon.deploy().modelStates().stream()
                .filter(it -> it.serves() && it.version().equals(version))
                .count()
            == SimulatedFleet.MODELS.size();
    return isThere && unrest().isEmpty();
  }

  private void requireRest() {
    require(unrest().isEmpty(), String.join("; ", unrest()));
  }

  /** What is still not as it should be. */
  private Set<String> unrest() {
    JsonNode status = status();
    Set<String> unrest = new HashSet<>();
    if (metadata() != world.served.version()) {
      unrest.add("believes " + metadata() + ", not " + world.served.version());
    }
    LifeInvariants.wrong(status, HARMLESS)
        .forEach(it -> unrest.add(it + ": " + status.path("alarms").path(it).asText()));
    LifeInvariants.unwell(status).forEach((part, how) -> unrest.add(part + " is " + how));
    if (status.has("deployment")) {
      unrest.add("under way: " + status.path("deployment"));
    }
    for (String model : SimulatedFleet.MODELS) {
      if (daemon.models().service().find(model).isEmpty()) {
        unrest.add("no " + model + ": " + status.path("models"));
      }
    }
    return unrest;
  }

  /** Attack: somebody puts back a copy of the disk, and sees to it that nothing newer comes. */
  private void putBackAnOldDisk() throws Exception {
    if (oldDisk.isEmpty()) {
      return;
    }
    tell("an old disk is put back", "");
    world.isOnline = false;
    disk.become(oldDisk.get());
    world.broker().lost();
    daemon = new Daemon(world.config(), world);
    daemon.agent().start();
    for (int turn = 0; turn < 3; turn++) {
      requireNothingServes();
      world.pass(daemon.agent().takeTurn());
    }
    world.isOnline = true;
    for (int turn = 0; turn < PATIENCE && metadata() != world.served.version(); turn++) {
      world.pass(daemon.agent().takeTurn().plusSeconds(random.nextInt(1800)));
    }
    require(metadata() == world.served.version(), "old for ever, with a link");
    require(status().path("alarms").has("anchor"), "an old history, and nobody says so");
  }

  private void requireNothingServes() {
    for (ModelState model : daemon.deploy().modelStates()) {
      require(!model.serves(), "from an old disk serves " + model);
    }
  }
}
