// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.FileTree;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** A copy of the disk is kept, the epoch of its unwrap key is ended, and the copy is put back. */
class OldEpochIT extends OneDevice {
  @Test
  void afterANewEpochTheDeviceServesAndItsOldDiskDoesNot() throws Exception {
    awaitServing("1.0.0");
    device().stop();
    Path old = home().resolve("old");
    Copies.copy(device().state(), old);
    lab().enrolAgain("--new-epoch");
    // Nothing is over yet: who put the old disk back now would only have to enrol again.
    device().start();
    awaitServing("1.0.0");
    assertEquals("good", chain("model defect 1.0.0: key"));
    device().stop();
    // No step was taken since the copy, so nothing but the epoch tells the two disks apart.
    FileTree.delete(device().state());
    Copies.copy(old, device().state());
    device().start();
    awaitProblem(MODEL, "EPOCH_OVER");
    assertEquals("", device().serving(MODEL));
    String check = device().run("check").out();
    assertTrue(check.contains("EPOCH_OVER"), check);
  }

  private String chain(String link) throws Exception {
    String check = device().run("check").out();
    return check
        .lines()
        .filter(line -> line.endsWith(link))
        .map(line -> line.substring(0, line.indexOf(' ')))
        .findFirst()
        .orElse("no link " + link + " in: " + check);
  }
}
