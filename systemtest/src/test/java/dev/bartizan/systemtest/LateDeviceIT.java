// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.FileTree;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A device that enrols when everything has been released already. */
final class LateDeviceIT {
  private Path home = Path.of("");
  private Lab lab;

  @BeforeEach
  void found() throws Exception {
    home = Files.createTempDirectory("b");
    lab = Lab.foundedByPrograms(Distribution.built(), home);
  }

  @AfterEach
  void switchOff() throws Exception {
    lab.close();
    FileTree.delete(home);
  }

  @Test
  void itGetsTheKeysOfWhatIsReleasedAndTheServerSaysHowMany() throws Exception {
    Outcome released = lab.release("1.0.0", Models.file("1.0.0"), Models.golden("1.0.0"));
    assertTrue(released.out().contains("key wrapped to 1 key broker"), released.out());
    lab.vouch();

    lab.enrol();

    String said = Files.readString(lab.operator().directory().resolve("serve.log"));
    assertTrue(said.contains(lab.ueid() + " enrolled, with the keys of 1 releases"), said);
    lab.device().start();
    lab.command("update", "model=" + Models.NAME, "version=1.0.0").expect(0);
    assertEquals("1.0.0", lab.device().serving(Models.NAME));
  }
}
