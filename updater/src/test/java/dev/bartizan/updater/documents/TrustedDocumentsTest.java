// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.documents;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.fetch.FetchRefusal;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The documents that a device lives by, when they do not come, or go. */
class TrustedDocumentsTest {
  private static final String POLICY = "policy/device.json";
  private static final String OLD = "the policy";
  private static final String NEW = "another policy";

  private final SignedDocuments fleet = new SignedDocuments();
  private FakeDisk disk = new FakeDisk();

  @BeforeEach
  void aDeviceThatHasAll() throws Exception {
    fleet.publish(POLICY, OLD);
    fleet.device(disk).refresh(List.of(POLICY));
  }

  private TrustedDocuments started() throws Exception {
    TrustedDocuments device = fleet.device(disk);
    device.load();
    return device;
  }

  private static Optional<String> find(TrustedDocuments device) throws Exception {
    return device.find(POLICY, 1 << 10).map(it -> new String(it, StandardCharsets.UTF_8));
  }

  // Attack: omission; the file is deleted while nobody can be asked for it again.
  @Test
  void whatIsSignedAndDeletedIsMissingAndNotUnsigned() throws Exception {
    assertEquals(List.of(), started().missing(List.of(POLICY)));
    DurableFile.delete(disk, SignedDocuments.file(OLD));
    fleet.cutOff();
    assertThrows(IOException.class, () -> started().refresh(List.of(POLICY)));
    assertEquals(List.of(POLICY), started().missing(List.of(POLICY)));
    assertEquals(List.of(), started().missing(List.of("nobody/signed/it")));
  }

  @Test
  void whatIsSignedAndHeldWithOtherBytesIsMissingToo() throws Exception {
    byte[] other = NEW.getBytes(StandardCharsets.UTF_8);
    DurableFile.replace(disk, SignedDocuments.file(OLD), other);
    assertEquals(List.of(POLICY), started().missing(List.of(POLICY)));
    assertEquals(Optional.empty(), find(started()));
  }

  // The metadata had been kept before what it names had come: a good device became one that lacks.
  @Test
  void aDocumentThatDoesNotComeLeavesTheSetAndTheDocumentsBeforeIt() throws Exception {
    fleet.publish(POLICY, NEW);
    fleet.withhold(NEW);
    TrustedDocuments running = started();
    FetchRefusal refusal = assertThrows(FetchRefusal.class, () -> running.refresh(List.of(POLICY)));
    assertEquals(FetchRefusal.Reason.NOT_FOUND, refusal.reason());
    assertHasAll(running, OLD);
    assertHasAll(started(), OLD);
  }

  @Test
  void aPowerCutAnywhereInARefreshLeavesTheOldDocumentsOrTheNewOnes() throws Exception {
    fleet.publish(POLICY, NEW);
    FakeDisk before = disk;
    boolean isOver = false;
    int cuts = 0;
    for (int call = 1; !isOver; call++) {
      for (Survival survival : Survival.values()) {
        disk = before.copy();
        isOver = isRefreshedBefore(call, survival);
        TrustedDocuments restarted = started();
        String held = find(restarted).orElseThrow(() -> new AssertionError("nothing held"));
        assertTrue(held.equals(NEW) || (held.equals(OLD) && !isOver), held);
        assertHasAll(restarted, held);
        cuts++;
      }
    }
    assertTrue(cuts > 20, cuts + " cuts");
  }

  private boolean isRefreshedBefore(int call, Survival survival) throws Exception {
    TrustedDocuments running = started();
    disk.cutBefore(call);
    try {
      running.refresh(List.of(POLICY));
      return true;
    } catch (PowerCut off) {
      return false;
    } finally {
      disk.reboot(survival, call);
    }
  }

  private static void assertHasAll(TrustedDocuments device, String policy) throws Exception {
    assertEquals(List.of(), device.missing(List.of(POLICY)));
    assertEquals(Optional.of(policy), find(device));
    assertFalse(device.setDigest().isEmpty());
  }
}
