// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** An old copy of the state directory is put back, with or without a network to mend it. */
class OldDiskIT extends OneDevice {
  // Attack: replay of a whole disk, whose journal says that an update is under way.
  @Test
  void anOldCopyOfTheStateDirectoryIsNoticedAndOpensNoModelUntilItsMetadataIsNewAgain()
      throws Exception {
    awaitServing("1.0.0");
    policy("--consent");
    device().stop();
    device().start();
    lab().release("1.1.0", Models.file("1.1.0"), Models.golden("1.1.0"));
    CompletableFuture<Outcome> ordered = begin("update", "model=" + MODEL, "version=1.1.0");
    await("the question for consent", () -> waitingFor().contains("consent"));
    device().stop();
    Path old = home().resolve("old");
    Copies.copy(device().state(), old);
    policy();
    device().start();
    awaitServing("1.1.0");
    assertEquals(0, ordered.get().exit());
    device().stop();
    FileTree.delete(device().state());
    Copies.copy(old, device().state());
    lab().web().close();
    device().start();
    awaitProblem("anchor", "put back");
    assertEquals("", device().serving(MODEL));
    String check = device().run("check").out();
    assertTrue(check.contains("bad     state"), check);
    Outcome rollback = device().run("rollback", MODEL);
    assertTrue(rollback.err().contains("STATE_PUT_BACK"), rollback.err());
    device().stop();
    for (String file : List.of("journal", "history")) {
      assertArrayEquals(
          Files.readAllBytes(old.resolve(file)),
          Files.readAllBytes(device().state().resolve(file)),
          "the update that was under way was gone on with: " + file);
    }
    String alone = device().run("check").out();
    assertTrue(alone.contains("bad     state"), alone);
  }

  private void policy(String... options) throws Exception {
    List<String> all = new ArrayList<>(List.of("policy", "--models", MODEL));
    all.addAll(List.of(options));
    lab().operator().release(all.toArray(String[]::new));
  }

  private String waitingFor() throws Exception {
    return device().status().path("deployment").path("waiting_for").asText();
  }
}
