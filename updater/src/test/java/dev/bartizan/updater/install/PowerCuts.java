package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

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
  /** One update each: committed, refused, rolled back before and after activation. */
  private static final List<String> STORIES =
      List.of("2.0", "2.0-tampered", "2.0-wrong", "2.0-sick");

  /** More calls than any of the stories makes. */
  private static final int CALLS_MAX = 90;

  private final Device base;
  private int states;

  public PowerCuts() throws Exception {
    base = Device.withFirstRelease();
  }

  public int states() {
    return states;
  }

  /** The power fails once, before each call. */
  public void once(Survival survival, int seeds) throws Exception {
    for (String version : STORIES) {
      for (int seed = 0; seed < seeds; seed++) {
        int cut = 1;
        while (!survives(version, cut, 0, survival, seed).wasToldToTheEnd()) {
          cut++;
        }
        assertTrue(cut > 40 && cut < CALLS_MAX, "the story has " + cut + " calls");
      }
    }
  }

  /** Before each call, and again before every {@code stride}-th call of the recovery. */
  public void twice(Survival survival, int stride, int seeds) throws Exception {
    for (String version : STORIES) {
      boolean isOver = false;
      for (int first = 1; !isOver; first++) {
        isOver = twice(version, first, survival, stride, seeds);
      }
    }
  }

  private boolean twice(String version, int first, Survival survival, int stride, int seeds)
      throws Exception {
    Story story = new Story(false, false);
    for (int second = 1 + first % stride; !story.recoveredUncut(); second += stride) {
      for (int seed = 0; seed < seeds; seed++) {
        story = survives(version, first, second, survival, 100 * seed + first + second);
      }
    }
    return story.wasToldToTheEnd();
  }

  /** Each call fails once; the process lives on. */
  public void anErrorAtEachCall() throws Exception {
    for (String version : STORIES) {
      for (int call = 1; call < CALLS_MAX; call++) {
        Device device = ordered(version);
        device.disk.failAt(call);
        runThroughErrors(device);
        checkEnd(device, Told.ACCEPTED, version, version + " error at " + call);
        states++;
      }
    }
  }

  /** From each call on the disk is full, until the process has tried for a while. */
  public void aFullDiskFromEachCall() throws Exception {
    for (String version : STORIES) {
      for (int call = 1; call < CALLS_MAX; call++) {
        String trace = version + " full from " + call;
        Device device = ordered(version);
        device.disk.fullFrom(call);
        runThroughErrors(device);
        checkWhole(device, trace);
        device.disk.behave();
        runThroughErrors(device);
        checkEnd(device, Told.ACCEPTED, version, trace);
        states++;
      }
    }
  }

  /** The power fails before each call, and the disk is full when it comes back. */
  public void aCutAndThenAFullDisk() throws Exception {
    for (int cut = 1; cut < CALLS_MAX; cut++) {
      String trace = "full after cut " + cut;
      Device device = base.copy();
      device.disk.cutBefore(cut);
      Told told = tellUntilCut(device, "2.0");
      device.disk.reboot(Survival.SYNCED_ONLY, cut);
      device.disk.fullFrom(1);
      startOnFullDisk(device, trace);
      device.disk.behave();
      checkStart(device, told, trace);
      device.run();
      checkEnd(device, told, "2.0", trace);
      states++;
    }
  }

  /**
   * What the cuts missed.
   *
   * @param wasToldToTheEnd the first cut lay behind the end of the story
   * @param recoveredUncut the second lay behind the end of the recovery
   */
  private record Story(boolean wasToldToTheEnd, boolean recoveredUncut) {}

  private Story survives(String version, int first, int second, Survival survival, int seed)
      throws Exception {
    String trace = version + " cut " + first + "," + second + " " + survival + " seed " + seed;
    Device device = base.copy();
    device.disk.cutBefore(first);
    Told told = tellUntilCut(device, version);
    device.disk.reboot(survival, seed);
    boolean recovered = false;
    if (second > 0) {
      device.disk.cutBefore(second);
      recovered = recoversUntilCut(device);
      device.disk.reboot(survival, seed + 1);
    }
    checkStart(device, told, trace);
    device.run();
    checkEnd(device, told, version, trace);
    states++;
    return new Story(told == Told.ENDED, recovered);
  }

  /** How far the outside world had been told the story when the power failed. */
  private enum Told {
    NOTHING,
    ACCEPTED,
    ENDED
  }

  private static Told tellUntilCut(Device device, String version) throws Exception {
    Told told = Told.NOTHING;
    try {
      device.start();
      device.order("d", version);
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

  private static void startOnFullDisk(Device device, String trace) throws Exception {
    try {
      device.start();
    } catch (IOException full) {
      assertTrue(full.toString().contains("No space left"), trace);
    }
    // The start may not have been counted, so nothing is tried; the last good model serves.
    assertTrue(device.serving().isPresent(), trace);
  }

  private Device ordered(String version) throws Exception {
    Device device = base.copy();
    device.start();
    device.order("d", version);
    return device;
  }

  /** The agent's loop: an error is waited out. */
  private static void runThroughErrors(Device device) {
    for (int step = 0; step < 120; step++) {
      try {
        if (device.installer().advance().kind() == Step.Kind.IDLE) {
          return;
        }
      } catch (IOException waitedOut) {
        device.later(Duration.ofSeconds(1));
      }
    }
  }

  private static void checkStart(Device device, Told told, String trace) throws Exception {
    Recovery recovery = device.start();
    assertTrue(
        Set.of(Recovery.Kind.NONE, Recovery.Kind.HISTORY_COMPLETED).contains(recovery.kind()),
        () -> trace + ": " + recovery);
    String active = device.active();
    assertTrue(Set.of("1.0", "2.0").contains(active), () -> trace + ": active " + active);
    assertEquals(Optional.of(active), device.serving(), trace);
    checkWhole(device, trace);
    if (told != Told.NOTHING) {
      assertEquals(Admission.KNOWN, device.order("d", "2.0"), trace);
    }
  }

  private static void checkEnd(Device device, Told told, String version, String trace)
      throws Exception {
    Set<UpdateState> ends = new HashSet<>();
    device.reports.forEach(it -> ends.add(it.state()));
    assertTrue(ends.size() <= 1, () -> trace + ": ended in " + ends);
    boolean heard = !ends.isEmpty();
    assertTrue(heard || told == Told.NOTHING, () -> trace + ": the end was never told");
    String expected = version.equals("2.0") && heard ? "2.0" : "1.0";
    assertEquals(expected, device.active(), trace);
    assertEquals(Optional.of(expected), device.serving(), trace);
    checkWhole(device, trace);
    checkNothingElseIsLeft(device, trace);
    History.verify(device.disk, device.installer().head());
  }

  private static void checkWhole(Device device, String trace) throws Exception {
    Set<Digest> objects = device.component().active().orElseThrow().objects();
    assertTrue(objects.size() == 2, trace);
    for (Digest object : objects) {
      device.store().verify(object);
    }
  }

  private static void checkNothingElseIsLeft(Device device, String trace) throws Exception {
    assertEquals(device.installer().components().objects(), device.store().held(), trace);
    assertTrue(
        device.disk.names().stream().noneMatch(it -> it.startsWith("partial/")),
        () -> trace + ": " + device.disk.names());
  }
}
