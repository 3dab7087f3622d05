// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Lab;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** A device whose agent is started again whenever it ends, and updates itself. */
abstract class SelfUpdating extends OneDevice {
  private Supervisor supervisor;
  private int released;

  @BeforeAll
  void supervise() throws Exception {
    device().stop();
    Files.writeString(
        device().configuration(),
        "\n[versions]\nsoftware_trial_seconds = 60\n",
        StandardOpenOption.APPEND);
    resume();
  }

  /** The daemon is started, and again whenever it ends. */
  final void resume() throws Exception {
    supervisor = Supervisor.start(Distribution.built(), device(), home().resolve("daemon.log"));
    await("the daemon", () -> device().serving(MODEL).equals("1.0.0"));
  }

  /** Nothing runs until {@link #resume}: as if somebody had the disk. */
  final void pause() throws Exception {
    supervisor.stop();
  }

  @AfterAll
  void unsupervise() throws Exception {
    supervisor.stop();
  }

  final AgentTree tree(String version) throws Exception {
    return AgentTree.calling(Distribution.built(), version, home().resolve("agent-" + version));
  }

  final Outcome update(AgentTree tree, String version) throws Exception {
    lab().operator().release("software", tree.home().toString(), "--version", version, "--deliver");
    return lab().command("update", "software=agent", "version=" + version);
  }

  final String running() throws Exception {
    return device().status().path("agent").path("version").asText();
  }

  /** It is ordered like any other, and the version before runs again without anybody's help. */
  final void tryBad(BadAgent bad) throws Exception {
    String version = "0.3." + released++;
    String before = running();
    int starts = supervisor.starts();

    Outcome end = update(bad.spoil(tree(version)), version);

    String outcome = Lab.answer(end).path("result").path("outcome").asText();
    assertEquals(bad.isCommitted() ? "committed" : "rolled-back", outcome, end.out());
    await("the version before", () -> running().equals(before));
    int tries = supervisor.starts() - starts - 1;
    assertTrue(tries <= 3, tries + " starts of a version that is " + bad);
    awaitServing("1.0.0");
    device().run("history", "--verify").expect(0);
    if (bad.isCommitted()) {
      await(
          "the note in the history",
          () -> device().run("history").expect(0).out().contains("GIVEN_UP"));
    }
  }
}
