// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Two models that belong together: both move, or none does. */
class SuiteTest {
  private final Device device;

  SuiteTest() throws Exception {
    device = Device.withFirstSuite();
  }

  @Test
  void allOfItsMembersAreCommittedByOneEntry() throws Exception {
    device.orderSuite("d", "2.0", "2.0", "p2.0");
    device.run();
    assertServing("2.0", "p2.0");
    assertEquals(Optional.of("s2.0"), active(Device.SUITE));
    List<HistoryEntry> entries = History.read(device.disk);
    Components last = entries.get(entries.size() - 1).components().orElseThrow();
    assertEquals(device.installer().components(), last);
    device.start();
    assertServing("2.0", "p2.0");
  }

  @Test
  void oneMemberThatFailsTakesAllBackAndOnlyTheSuiteIsHeldToBeBad() throws Exception {
    device.orderSuite("d", "2.0", "2.0", "p2.0-sick");
    device.run();
    assertServing("1.0", "p1.0");
    assertEquals(UpdateState.ROLLED_BACK, device.reports.get(0).state());
    assertTrue(component(Device.SUITE).findRejected(Device.release("s2.0")).isPresent());
    assertFalse(component(Device.MODEL).findRejected(Device.release("2.0")).isPresent());
    assertEquals(device.installer().components().objects(), device.store().held());
  }

  @Test
  void aMemberThatStaysAsItIsIsNeitherFetchedNorTriedAgain() throws Exception {
    device.orderSuite("d", "2.0", "1.0", "p2.0");
    Deployment deployment = device.installer().current().orElseThrow().deployment();
    assertEquals(
        List.of(Device.OTHER), deployment.moves().stream().map(Deployment::component).toList());
    device.run();
    assertServing("1.0", "p2.0");
    assertEquals(List.of(), component(Device.MODEL).previous());
  }

  @Test
  void goingBackTakesAllMembersBackWithoutANetwork() throws Exception {
    device.orderSuite("d", "2.0", "2.0", "p2.0");
    device.run();
    device.isOffline = true;
    device.installer().rollBack("r", Device.SUITE, Device.COMMAND);
    device.run();
    assertServing("1.0", "p1.0");
    assertEquals(Optional.of("s1.0"), active(Device.SUITE));
  }

  @Test
  void aMemberThatWasReplacedAloneLeavesTheSuiteInPiecesUntilItIsOrderedAgain() throws Exception {
    device.request("alone", "3.0");
    device.run();
    assertEquals(
        Set.of(Device.MODEL),
        device.installer().components().missing(component(Device.SUITE)).keySet());
    device.orderSuite("again", "1.0", "1.0", "p1.0");
    device.run();
    assertServing("1.0", "p1.0");
    assertEquals(Map.of(), device.installer().components().missing(component(Device.SUITE)));
    InstallRefusal refusal =
        assertThrows(InstallRefusal.class, () -> device.orderSuite("more", "1.0", "1.0", "p1.0"));
    assertEquals("ALREADY_ACTIVE", refusal.code());
  }

  @Test
  void aSuiteWhoseEarlierMemberIsGoneCannotGoBack() throws Exception {
    device.orderSuite("d", "2.0", "2.0", "p2.0");
    device.run();
    for (String version : List.of("3.0", "4.0")) {
      device.request("to " + version, version);
      device.run();
    }
    InstallRefusal refusal =
        assertThrows(
            InstallRefusal.class,
            () -> device.installer().rollBack("r", Device.SUITE, Device.COMMAND));
    assertEquals("NO_PREVIOUS", refusal.code());
    assertTrue(String.valueOf(refusal.getMessage()).contains("defect 1.0"));
  }

  @Test
  void aCancelledSuiteLeavesNothingBehind() throws Exception {
    Set<?> before = device.store().held();
    device.orderSuite("d", "2.0", "2.0", "p2.0");
    device.runUntil(UpdateState.PROBATION);
    device.installer().cancel("d", "operator");
    device.run();
    assertServing("1.0", "p1.0");
    assertEquals(before, device.store().held());
  }

  private void assertServing(String model, String other) {
    assertEquals(Optional.of(model), active(Device.MODEL));
    assertEquals(Optional.of(other), active(Device.OTHER));
    assertEquals(Device.release(model), device.allServing().get(Device.MODEL));
    assertEquals(Device.release(other), device.allServing().get(Device.OTHER));
  }

  private Optional<String> active(ComponentName name) {
    return component(name).activeRelease().map(Release::version);
  }

  private Component component(ComponentName name) {
    return device.installer().components().named(name);
  }
}
