// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.updater.disk.DurableFile;
import dev.bartizan.updater.disk.FakeDisk;
import dev.bartizan.updater.disk.FileName;
import java.io.FileNotFoundException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The single files beside the last complete set, after somebody or something changed one. */
class StoreAuditTest {
  private final RepositorySimulator repository = new RepositorySimulator();
  private final FakeDisk disk = new FakeDisk();
  private final MetadataStore store = new MetadataStore(disk, "tuf");
  private final TufClient client =
      TufClient.ofOwnStore(store, repository, () -> RepositorySimulator.START);

  @BeforeEach
  void refreshed() throws Exception {
    TufClient.init(store, repository.rootFile(1));
    repository.delegate("targets", "models", false, "models/*");
    release("1");
    client.refreshAll();
  }

  private void release(String content) {
    repository.addTarget("models", "models/defects", content);
    repository.release("targets", "models");
  }

  private static FileName file(String name) {
    return FileName.of("tuf/" + name);
  }

  private byte[] content(String name) throws Exception {
    return disk.read(file(name), 1 << 20).orElseThrow();
  }

  @Test
  void findsNothingAfterARefresh() throws Exception {
    assertEquals(List.of(), client.damagedFiles());
  }

  @Test
  void noticesAFlipOfAnyByteOfAnyFileAndPutsTheAcceptedOneBack() throws Exception {
    for (String name :
        List.of("root.json", "timestamp.json", "snapshot.json", "targets.json", "models.json")) {
      byte[] honest = content(name);
      for (int i = 0; i < honest.length; i++) {
        byte[] flipped = honest.clone();
        flipped[i] ^= 0x20; // Changes the case of letters, which some parsers do not mind.
        DurableFile.replace(disk, file(name), flipped);
        assertEquals(List.of("tuf/" + name), client.damagedFiles(), name + ", byte " + i);
      }
      assertEquals(List.of("tuf/" + name), client.mendFiles());
      assertArrayEquals(honest, content(name));
    }
  }

  @Test
  void leavesWhatARefreshThatWasCutShortHasAlreadyAccepted() throws Exception {
    repository.rotateKeys("timestamp");
    repository.rotateKeys("targets");
    repository.publishRoot();
    release("22");
    repository.unserve("2.models.json");
    assertThrows(FileNotFoundException.class, client::refreshAll);
    byte[] newer = content("timestamp.json");

    assertEquals(List.of(), client.mendFiles());
    assertArrayEquals(newer, content("timestamp.json"));
  }

  // Attack: rollback; with its file deleted, a role's older version was as good as any.
  @Test
  void putsBackATimestampAndASnapshotThatAreMissingSoThatNothingOlderIsAccepted() throws Exception {
    byte[] older = repository.served("timestamp.json");
    release("22");
    client.refreshAll();
    for (String name : List.of("timestamp.json", "snapshot.json")) {
      byte[] honest = content(name);
      DurableFile.delete(disk, file(name));
      assertEquals(List.of("tuf/" + name), client.damagedFiles());
      assertEquals(List.of("tuf/" + name), client.mendFiles());
      assertArrayEquals(honest, content(name));
    }
    repository.serve("timestamp.json", older);
    TufRefusal refusal = assertThrows(TufRefusal.class, client::refreshAll);
    assertEquals(TufRefusal.Code.ROLLBACK, refusal.kind());
  }

  // Attack: omission; what is told when it is wrong is told when it is missing.
  @Test
  void eachFileThatIsMissingIsToldAndPutBack() throws Exception {
    for (String name :
        List.of("root.json", "timestamp.json", "snapshot.json", "targets.json", "models.json")) {
      byte[] honest = content(name);
      DurableFile.delete(disk, file(name));
      assertEquals(List.of("tuf/" + name), client.damagedFiles());
      assertEquals(List.of("tuf/" + name), client.mendFiles());
      assertArrayEquals(honest, content(name));
    }
  }

  // What was forgotten on purpose, since a thief may have signed it, does not come back.
  @Test
  void leavesOutWhatAChangeOfKeysMadeUsForget() throws Exception {
    for (String role : List.of("timestamp", "snapshot")) {
      repository.rotateKeys(role);
      repository.publishRoot();
      release("333");
      repository.unserve("timestamp.json");
      assertThrows(FileNotFoundException.class, client::refreshAll);
      assertEquals(Optional.empty(), disk.size(file("timestamp.json")));

      assertEquals(List.of(), client.mendFiles());

      assertEquals(Optional.empty(), disk.size(file("timestamp.json")));
      release("4444");
      client.refreshAll();
      assertEquals(List.of(), client.damagedFiles());
    }
  }

  @Test
  void takesNoNewerFileThatAStrangerSigned() throws Exception {
    RepositorySimulator stranger = new RepositorySimulator();
    stranger.release("targets");
    stranger.release("targets");
    DurableFile.replace(disk, file("timestamp.json"), stranger.served("timestamp.json"));

    assertEquals(List.of("tuf/timestamp.json"), client.damagedFiles());
  }

  @Test
  void hasNothingToCompareWithBeforeTheFirstUpdate() throws Exception {
    MetadataStore fresh = new MetadataStore(disk, "fresh");
    TufClient.init(fresh, repository.rootFile(1));
    assertEquals(
        List.of(),
        TufClient.ofOwnStore(fresh, repository, () -> RepositorySimulator.START).mendFiles());
  }
}
