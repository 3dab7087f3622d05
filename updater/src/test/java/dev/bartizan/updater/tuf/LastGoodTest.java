// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.disk.PowerCut;
import dev.bartizan.updater.disk.Survival;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.FileNotFoundException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a device starts from when nobody can be asked. */
class LastGoodTest {
  private static final FileName SET = FileName.of("tuf/last-good.set");
  private static final String MODEL = "models/defects";

  private final RepositorySimulator repository = new RepositorySimulator();
  private FakeDisk disk = new FakeDisk();
  private Instant now = RepositorySimulator.START;

  private MetadataStore store() {
    return new MetadataStore(disk, "tuf");
  }

  private TufClient client() {
    return TufClient.ofOwnStore(store(), repository, () -> now);
  }

  private void release(String content) {
    repository.addTarget("models", MODEL, content);
    repository.release("targets", "models");
  }

  private void arrange() throws Exception {
    TufClient.init(store(), repository.rootFile(1));
    repository.delegate("targets", "models", false, "models/*");
    release("1");
    client().refreshAll();
  }

  private long lengthOffline() throws Exception {
    repository.takeRequests();
    long length = client().loadTrusted().get(MODEL).length();
    assertEquals(List.of(), repository.takeRequests());
    return length;
  }

  @Test
  void isVerifiedWithoutAskingAnybodyAndLongAfterItExpired() throws Exception {
    arrange();
    now = now.plus(Duration.ofDays(10_000));
    assertEquals(1, lengthOffline());
  }

  @Test
  void isNotThereBeforeTheFirstUpdate() throws Exception {
    TufClient.init(store(), repository.rootFile(1));
    client().refresh();
    assertThrows(FileNotFoundException.class, () -> client().loadTrusted());
  }

  @Test
  void isRefusedWhicheverByteOfItIsFlipped() throws Exception {
    arrange();
    byte[] honest = disk.read(SET, 1 << 20).orElseThrow();
    for (int i = 0; i < honest.length; i++) {
      byte[] damaged = honest.clone();
      damaged[i] ^= 1;
      DurableFile.replace(disk, SET, damaged);
      TufRefusal refusal =
          assertThrows(TufRefusal.class, () -> client().loadTrusted(), "byte " + i);
      assertEquals(Code.MALFORMED, refusal.kind());
    }
  }

  @Test
  void isRefusedWhenTruncatedOrExtendedOrMadeByAStranger() throws Exception {
    arrange();
    byte[] honest = disk.read(SET, 1 << 20).orElseThrow();
    for (int length : List.of(0, 1, 8, 40, honest.length - 1, honest.length + 1)) {
      DurableFile.replace(disk, SET, Arrays.copyOf(honest, length));
      assertThrows(TufRefusal.class, () -> client().loadTrusted(), length + " bytes");
    }
    MetadataStore elsewhere = new MetadataStore(disk, "stranger");
    RepositorySimulator stranger = new RepositorySimulator();
    TufClient.init(elsewhere, stranger.rootFile(1));
    Map<RoleName, Bytes> files = new HashMap<>(MetadataSet.decode(honest));
    files.put(RoleName.TARGETS, Bytes.of(stranger.served("1.targets.json")));
    store().keepLastGood(files);
    assertEquals(
        Code.SIG_THRESHOLD, assertThrows(TufRefusal.class, () -> client().loadTrusted()).kind());
  }

  @Test
  void outlivesARefreshThatStopsHalfWayThroughAKeyRotation() throws Exception {
    arrange();
    repository.rotateKeys("targets");
    repository.rotateKeys("timestamp");
    repository.publishRoot();
    release("22");
    repository.unserve("timestamp.json");
    assertThrows(FileNotFoundException.class, () -> client().refreshAll());
    assertEquals(1, lengthOffline());
    repository.publish("timestamp");
    client().refreshAll();
    assertEquals(2, lengthOffline());
  }

  @Test
  void isOldOrNewAndAlwaysWholeWhereverThePowerIsCut() throws Exception {
    arrange();
    FakeDisk before = disk.copy();
    repository.rotateKeys("snapshot");
    repository.publishRoot();
    release("22");
    boolean cut = true;
    for (int n = 1; cut; n++) {
      for (int seed = 0; seed < 3; seed++) {
        disk = before.copy();
        cut = updateWithCutBefore(n, seed);
        long length = lengthOffline();
        assertTrue(length == 2 || (cut && length == 1), "cut " + n + ", seed " + seed);
        client().refreshAll();
        assertEquals(2, lengthOffline());
      }
    }
  }

  private boolean updateWithCutBefore(int n, int seed) throws Exception {
    disk.cutBefore(n);
    try {
      client().refreshAll();
      return false;
    } catch (PowerCut cut) {
      return true;
    } finally {
      disk.reboot(Survival.RANDOM_SUBSET, seed);
    }
  }
}
