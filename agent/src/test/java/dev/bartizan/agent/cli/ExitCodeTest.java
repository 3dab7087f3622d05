// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What systemd and the launcher go by. */
class ExitCodeTest {
  // Denial of service: a new version refuses the configuration of the old one, as if for good.
  @Test
  void aVersionThatAnotherOneCanReplaceNeverEndsAllTries() {
    assertEquals(3, Bartizan.exitCode(2, "a"));
    assertEquals(3, Bartizan.exitCode(2, "b"));
    assertEquals(2, Bartizan.exitCode(2, "base"));
    assertEquals(2, Bartizan.exitCode(2, ""));
    for (int other : new int[] {0, 1, 3, 10, 143}) {
      assertEquals(other, Bartizan.exitCode(other, "a"));
    }
  }

  @Test
  void anErrorThatNobodyCaughtIsOneLine() {
    String line = RunCommand.oneLine(new IllegalStateException("two\nlines\tand a tab"));
    assertEquals(1, line.lines().count(), line);
    assertTrue(line.contains("two lines and a tab at dev.bartizan."), line);
  }
}
