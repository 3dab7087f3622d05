// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.DurableFile;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Which versions may be started, before anything may be put right. */
class StandingReleasesTest {
  private static boolean stands(Device device, String version) throws Exception {
    return StandingReleases.read(device.disk, Device.MODEL)
        .orElseThrow()
        .find(Device.release(version).manifest())
        .isPresent();
  }

  // Downgrade: a signed version that this device left because it was bad, or never had.
  @Test
  void whatWasRejectedOrNeverHereDoesNotStand() throws Exception {
    Device device = Device.withFirstRelease();
    device.request("d", "2.0");
    device.run();
    assertTrue(stands(device, "2.0") && stands(device, "1.0"));
    device
        .installer()
        .fellBack(Device.MODEL, Optional.of(Device.release("1.0")), "GIVEN_UP: too many starts");
    assertTrue(stands(device, "1.0"));
    assertFalse(stands(device, "2.0"));
    assertFalse(stands(device, "3.0"));
  }

  @Test
  void whatIsOnItsWayStandsBesideWhatItLeaves() throws Exception {
    Device device = Device.withFirstRelease();
    device.request("d", "2.0");
    assertTrue(stands(device, "2.0") && stands(device, "1.0"));
    Device suite = Device.withFirstSuite();
    suite.orderSuite("e", "2.0", "2.0", "p1.0");
    assertTrue(stands(suite, "2.0") && stands(suite, "1.0"));
  }

  // Downgrade: a journal that cannot be read says nothing, and not that everything is well.
  @Test
  void aJournalThatCannotBeReadIsNoAnswerUnlessThereIsACopy() throws Exception {
    Device device = Device.withFirstRelease();
    DurableFile.replace(device.disk, Journal.FILE, new byte[] {1, 2, 3});
    assertEquals(Optional.empty(), StandingReleases.read(device.disk, Device.MODEL));
    Device other = Device.withFirstRelease();
    new JournalCopy(other.disk).take();
    DurableFile.replace(other.disk, Journal.FILE, new byte[] {1, 2, 3});
    assertEquals(
        List.of(Device.release("1.0")),
        StandingReleases.read(other.disk, Device.MODEL).orElseThrow().releases());
  }

  @Test
  void lookingChangesNothing() throws Exception {
    Device device = Device.withFirstRelease();
    device.disk.behave();
    StandingReleases.read(device.disk, Device.MODEL);
    assertEquals(0, device.disk.changes());
  }
}
