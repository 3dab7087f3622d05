// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.systemtest.lab.Distribution;
import dev.bartizan.systemtest.lab.Program.Outcome;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each request that a device makes of a repository is dripped once, by itself. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DripEverywhereIT extends Dripped {
  private static final String NEXT = "0.2.0";

  private boolean isNext;

  @Override
  int starts() {
    return isNext ? 2 : 1;
  }

  /** In the order of an update: what is had is not asked for again. */
  @ParameterizedTest
  @EnumSource
  @Order(1)
  void aRequestThatIsDrippedHoldsUpNothingElse(Request request) throws Exception {
    holdsUpNothingElse(request);
  }

  @Test
  @Order(2)
  void aVersionOnTrialIsKeptWhoeverSlowsTheRepositoryDown() throws Exception {
    // Downgrade: who can make the network slow would decide which version of the agent runs.
    AgentTree tree = AgentTree.calling(Distribution.built(), NEXT, home().resolve("next"));
    lab().operator().release("software", tree.home().toString(), "--version", NEXT, "--deliver");
    drips(path -> supervisorStarts() > 1);
    isNext = true;

    Outcome end = lab().command("update", "software=agent", "version=" + NEXT);

    assertEquals(0, end.exit(), end.out() + end.err());
    assertEquals(NEXT, device().status().path("agent").path("version").asText());
    everythingElseGoesOn();
    assertTrue(device().run("history").expect(0).out().contains(NEXT));
  }
}
