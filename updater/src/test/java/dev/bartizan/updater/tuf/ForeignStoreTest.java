// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import dev.bartizan.updater.tuf.TufRefusal.Code;
import java.io.FileNotFoundException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A device whose state directory somebody else has written. The pinned root lies elsewhere, and so
 * nothing of theirs is believed; and once the genuine repository is asked, all is as it was.
 */
class ForeignStoreTest {
  private static final String MODEL = "models/defects";
  private static final int SOME = 1 << 20;

  private final RepositorySimulator repository = new RepositorySimulator();
  private final RepositorySimulator stranger = new RepositorySimulator();
  private final FakeDisk disk = new FakeDisk();
  private final Root pinned = pinned(repository);

  @BeforeEach
  void aDeviceThatWentAlongWithTwoChangesOfTheRoot() throws Exception {
    release(repository, "1");
    device().refreshAll();
    for (int change = 0; change < 2; change++) {
      repository.rotateKeys("root");
      repository.publishRoot();
    }
    release(repository, "22");
    device().refreshAll();
  }

  private static Root pinned(RepositorySimulator of) {
    try {
      return TufClient.root(of.rootFile(1));
    } catch (TufRefusal impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static void release(RepositorySimulator by, String content) {
    by.addTarget("targets", MODEL, content);
    by.release("targets");
  }

  private TufClient device() {
    return client(pinned, disk, repository);
  }

  private static TufClient client(Root pinned, FakeDisk disk, MetadataSource source) {
    return new TufClient(
        pinned, new MetadataStore(disk, "tuf"), source, () -> RepositorySimulator.START);
  }

  private void requireWhatWas() throws Exception {
    assertEquals(2, device().refreshAll().get(MODEL).length());
    assertEquals(2, device().loadTrusted().get(MODEL).length());
    assertEquals(List.of(), device().damagedFiles());
  }

  private static FileName root(int version) {
    return FileName.of("tuf/root_history/" + version + ".root.json");
  }

  // Attack: wrong software, by a whole metadata set of a stranger's, whose root is newer than ours.
  @Test
  void aWholeForeignSetIsRefusedAndTheRepositoryHealsIt() throws Exception {
    for (int version = 2; version < 9; version++) {
      stranger.publishRoot();
    }
    release(stranger, "stranger's");
    FakeDisk theirs = new FakeDisk();
    client(pinned(stranger), theirs, stranger).refreshAll();
    for (String directory : List.of("tuf", "tuf/root_history")) {
      for (FileName file : theirs.list(directory)) {
        DurableFile.replace(disk, file, theirs.read(file, SOME).orElseThrow());
      }
    }
    TufRefusal refusal = assertThrows(TufRefusal.class, () -> device().loadTrusted());
    assertEquals(Code.SIG_THRESHOLD, refusal.kind());
    assertEquals("root", refusal.role());
    requireWhatWas();
  }

  // Attack: wrong software, by a self-signed root in the place of the trusted one.
  @Test
  void aForeignRootBesideGenuineMetadataChangesNothing() throws Exception {
    stranger.setVersion("root", 8);
    stranger.publishRoot();
    byte[] foreign = stranger.rootFile(9);
    DurableFile.replace(disk, FileName.of("tuf/root.json"), foreign);
    DurableFile.replace(disk, root(4), foreign);
    assertEquals(List.of("tuf/root.json"), device().damagedFiles());
    assertEquals(2, device().loadTrusted().get(MODEL).length());
    requireWhatWas();
  }

  // Attack: truncation of the chain; with a link missing, what follows rests on nothing.
  @Test
  void aRootThatIsMissingOrForeignIsRefusedUntilTheRepositoryHasGivenItAgain() throws Exception {
    for (byte[] content : List.of(new byte[0], stranger.rootFile(1), repository.rootFile(3))) {
      DurableFile.replace(disk, root(2), content);
      TufRefusal refusal = assertThrows(TufRefusal.class, () -> device().loadTrusted());
      assertTrue(String.valueOf(refusal.getMessage()).contains("2.root.json"), refusal::toString);
      requireWhatWas();
    }
    DurableFile.delete(disk, root(2));
    assertThrows(TufRefusal.class, () -> device().loadTrusted());
    requireWhatWas();
  }

  @Test
  void theNewestRootIsInTheSetAsWellAndIsPutBackFromThere() throws Exception {
    DurableFile.replace(disk, root(3), stranger.rootFile(1));
    assertEquals(List.of("tuf/root_history/3.root.json"), device().damagedFiles());
    assertEquals(List.of("tuf/root_history/3.root.json"), device().mendFiles());
    assertEquals(List.of(), device().damagedFiles());
  }

  // Attack: each file taken away by itself; less is never believed more.
  @Test
  void whateverFileIsMissingNothingElseIsBelievedForIt() throws Exception {
    List<FileName> files = new ArrayList<>(disk.list("tuf"));
    files.addAll(disk.list("tuf/root_history"));
    for (FileName file : files) {
      DurableFile.delete(disk, file);
      try {
        assertEquals(2, device().loadTrusted().get(MODEL).length(), file.path());
      } catch (TufRefusal | FileNotFoundException closed) {
        // As good as none, which serves nothing.
      }
      requireWhatWas();
    }
  }

  @Test
  void aPinnedRootThatIsNewerLeavesTheOlderSetBehind() throws Exception {
    repository.rotateKeys("root");
    repository.publishRoot();
    Root newer = TufClient.root(repository.rootFile(4));
    TufClient device = client(newer, disk, repository);
    assertThrows(TufRefusal.class, device::loadTrusted);
    device.refreshAll();
    assertEquals(2, device.loadTrusted().get(MODEL).length());
  }

  @Test
  void anExchangedSetHasAnotherDigestAndTheSameOneHasTheSame() throws Exception {
    TrustedTargets loaded = device().loadTrusted();
    TrustedTargets refreshed = device().refreshAll();
    assertEquals(loaded.setDigest(), refreshed.setDigest());
    assertEquals(loaded.rootDigest(), refreshed.rootDigest());
    release(repository, "333");
    assertTrue(device().refreshAll().setDigest().isPresent());
    assertTrue(!device().loadTrusted().setDigest().equals(loaded.setDigest()));
  }
}
