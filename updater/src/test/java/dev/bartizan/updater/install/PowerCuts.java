// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Whole updates, told again and again with trouble at another call to the disk. After each, the
 * device starts, serves its last good model whole, comes to an end by itself, says so, and leaves
 * nothing behind. Counts the states it has tried.
 */
public final class PowerCuts {
  /** A tale of fewer calls has not been told. */
  private static final int CALLS_MIN = 20;

  private final List<Tale> tales;
  private int states;

  public PowerCuts() throws Exception {
    tales = Tale.all();
  }

  public int states() {
    return states;
  }

  /** Where something was found wrong: enough to go there again. */
  record Situation(String trace) {
    void require(boolean holds, Object found) {
      if (!holds) {
        throw new AssertionError(trace + ": " + found);
      }
    }

    void same(Object expected, Object found) {
      require(expected.equals(found), "expected " + expected + ", found " + found);
    }
  }

  /** The power fails once, before each call. */
  public void once(Survival survival, int seeds) throws Exception {
    for (Tale tale : tales) {
      for (int seed = 0; seed < seeds; seed++) {
        int cut = 1;
        while (!survives(tale, cut, 0, survival, seed).wasToldToTheEnd()) {
          cut++;
        }
        tale.at("told").require(cut > CALLS_MIN, "only " + cut + " calls");
      }
    }
  }

  /** Before each call, and again before every {@code stride}-th call of the recovery. */
  public void twice(Survival survival, int stride, int seeds) throws Exception {
    for (Tale tale : tales) {
      boolean isOver = false;
      for (int first = 1; !isOver; first++) {
        isOver = twice(tale, first, survival, stride, seeds);
      }
    }
  }

  private boolean twice(Tale tale, int first, Survival survival, int stride, int seeds)
      throws Exception {
    Story story = new Story(false, false);
    for (int second = 1 + first % stride; !story.recoveredUncut(); second += stride) {
      for (int seed = 0; seed < seeds; seed++) {
        story = survives(tale, first, second, survival, 100 * seed + first + second);
      }
    }
    return story.wasToldToTheEnd();
  }

  /** Each call fails once; the process lives on. */
  public void anErrorAtEachCall() throws Exception {
    for (Tale tale : tales) {
      boolean isOver = false;
      for (int call = 1; !isOver; call++) {
        Device device = ordered(tale);
        device.disk.failAt(call);
        runThroughErrors(device);
        isOver = device.disk.changes() < call;
        checkEnd(device, Told.ACCEPTED, tale, tale.at("error at " + call));
        states++;
      }
    }
  }

  /** From each call on the disk is full, until the process has tried for a while. */
  public void aFullDiskFromEachCall() throws Exception {
    for (Tale tale : tales) {
      boolean isOver = false;
      for (int call = 1; !isOver; call++) {
        Situation situation = tale.at("full from " + call);
        Device device = ordered(tale);
        device.disk.fullFrom(call);
        runThroughErrors(device);
        isOver = device.disk.changes() < call;
        checkWhole(device, situation);
        device.disk.behave();
        runThroughErrors(device);
        checkEnd(device, Told.ACCEPTED, tale, situation);
        states++;
      }
    }
  }

  /**
   * From each call on the disk can only be read, or not even that, until somebody mends it and
   * starts the device again.
   */
  public void aDiskThatIsLostFromEachCall(boolean isReadable) throws Exception {
    for (Tale tale : tales) {
      boolean isOver = false;
      for (int call = 1; !isOver; call++) {
        Situation situation = tale.at("lost from " + call + ", readable " + isReadable);
        Device device = ordered(tale);
        device.disk.lostFrom(call, isReadable);
        runThroughErrors(device);
        isOver = device.disk.changes() < call;
        situation.require(device.serving().isPresent(), "nothing serves");
        device.disk.behave();
        device.start();
        device.run();
        checkEnd(device, Told.ACCEPTED, tale, situation);
        states++;
      }
    }
  }

  /** The power fails before each call, and the disk is full when it comes back. */
  public void aCutAndThenAFullDisk() throws Exception {
    for (Tale tale : tales) {
      Told told = Told.NOTHING;
      for (int cut = 1; told != Told.ENDED; cut++) {
        Situation situation = tale.at("full after cut " + cut);
        Device device = tale.begin();
        device.disk.cutBefore(cut);
        told = tellUntilCut(device, tale);
        device.disk.reboot(Survival.SYNCED_ONLY, cut);
        device.disk.fullFrom(1);
        startOnFullDisk(device, situation);
        device.disk.behave();
        checkStart(device, told, tale, situation);
        device.run();
        checkEnd(device, told, tale, situation);
        states++;
      }
    }
  }

  /**
   * What the cuts missed.
   *
   * @param wasToldToTheEnd the first cut lay behind the end of the story
   * @param recoveredUncut the second lay behind the end of the recovery
   */
  private record Story(boolean wasToldToTheEnd, boolean recoveredUncut) {}

  private Story survives(Tale tale, int first, int second, Survival survival, int seed)
      throws Exception {
    Situation situation = tale.at("cut " + first + "," + second + " " + survival + " seed " + seed);
    Device device = tale.begin();
    device.disk.cutBefore(first);
    Told told = tellUntilCut(device, tale);
    device.disk.reboot(survival, seed);
    boolean recovered = false;
    if (second > 0) {
      device.disk.cutBefore(second);
      recovered = recoversUntilCut(device);
      device.disk.reboot(survival, seed + 1);
    }
    checkStart(device, told, tale, situation);
    device.run();
    checkEnd(device, told, tale, situation);
    states++;
    return new Story(told == Told.ENDED, recovered);
  }

  /** How far the outside world had been told the story when the power failed. */
  private enum Told {
    NOTHING,
    ACCEPTED,
    ENDED
  }

  private static Told tellUntilCut(Device device, Tale tale) throws Exception {
    Told told = Told.NOTHING;
    try {
      device.start();
      tale.order().ask(device);
      told = Told.ACCEPTED;
      device.run();
      return Told.ENDED;
    } catch (PowerCut off) {
      return told;
    }
  }

  private static boolean recoversUntilCut(Device device) throws Exception {
    try {
      device.start();
      device.run();
      return true;
    } catch (PowerCut off) {
      return false;
    }
  }

  private static void startOnFullDisk(Device device, Situation situation) throws Exception {
    try {
      device.start();
    } catch (IOException full) {
      situation.require(full.toString().contains("No space left"), full);
    }
    // The start may not have been counted, so nothing is tried; the last good model serves.
    situation.require(device.serving().isPresent(), "nothing serves");
  }

  private static Device ordered(Tale tale) throws Exception {
    Device device = tale.begin();
    device.start();
    tale.order().ask(device);
    return device;
  }

  /** The agent's loop: an error is waited out. */
  private static void runThroughErrors(Device device) {
    for (int step = 0; step < 120; step++) {
      try {
        if (device.advance().kind() == Step.Kind.IDLE) {
          return;
        }
      } catch (IOException waitedOut) {
        device.later(Duration.ofSeconds(1));
      }
    }
  }

  private static void checkStart(Device device, Told told, Tale tale, Situation situation)
      throws Exception {
    Recovery recovery = device.start();
    situation.require(
        Set.of(Recovery.Kind.NONE, Recovery.Kind.HISTORY_COMPLETED).contains(recovery.kind()),
        recovery);
    String active = device.active();
    situation.require(List.of(tale.before(), tale.after()).contains(active), "active " + active);
    situation.same(Optional.of(active), device.serving());
    situation.require(device.isTogether(), device.allServing());
    checkWhole(device, situation);
    if (told != Told.NOTHING) {
      situation.same(Admission.KNOWN, tale.order().ask(device));
    }
  }

  private static void checkEnd(Device device, Told told, Tale tale, Situation situation)
      throws Exception {
    Set<UpdateState> ends = new HashSet<>();
    device.reports.forEach(it -> ends.add(it.state()));
    situation.require(ends.size() <= 1, "ended in " + ends);
    boolean heard = !ends.isEmpty();
    situation.require(heard || told == Told.NOTHING, "the end was never told");
    String expected = heard ? tale.after() : tale.before();
    situation.same(expected, device.active());
    situation.same(Optional.of(expected), device.serving());
    situation.require(device.isTogether(), device.allServing());
    checkWhole(device, situation);
    checkNothingElseIsLeft(device, situation);
    History.verify(device.disk, device.installer().head());
  }

  private static void checkWhole(Device device, Situation situation) throws Exception {
    Set<Digest> objects = device.component().active().orElseThrow().objects();
    situation.same(2, objects.size());
    for (Digest object : objects) {
      device.store().verify(object);
    }
  }

  private static void checkNothingElseIsLeft(Device device, Situation situation) throws Exception {
    situation.same(device.installer().components().objects(), device.store().held());
    situation.require(
        device.disk.names().stream().noneMatch(it -> it.startsWith("partial/")),
        device.disk.names());
  }
}
