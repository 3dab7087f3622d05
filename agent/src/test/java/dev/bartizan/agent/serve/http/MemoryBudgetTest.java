// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryBudgetTest {
  private final MemoryBudget budget = new MemoryBudget(1000);
  private final List<MemoryShare> gaveWay = new ArrayList<>();

  @Test
  void oneRequestHasAHalfAtMost() throws Exception {
    MemoryShare share = atWork("a");
    share.reserve(500);
    assertRefused(413, share, 1);
    assertRefused(413, atWork("b"), Long.MAX_VALUE);
  }

  // One user fills all the memory there is, so that another finds none.
  @Test
  void oneUserLeavesAQuarterToTheOthers() throws Exception {
    atWork("a").reserve(500);
    atWork("a").reserve(250);
    assertRefused(503, atWork("a"), 1);
    atWork("b").reserve(250);
    assertEquals(1000, budget.held());
  }

  // A user sends large bodies and never ends them, so that his own other program finds no memory.
  @Test
  void whoHoldsMostAndOnlyWaitsForItsClientGivesWay() throws Exception {
    MemoryShare large = waiting("a");
    large.reserve(450);
    MemoryShare small = waiting("a");
    small.reserve(300);
    atWork("a").reserve(100);
    assertEquals(List.of(large), gaveWay);
    assertEquals(400, budget.held());
    assertRefused(503, large, 1);
  }

  @Test
  void nothingGivesWayToWhatHoldsMore() throws Exception {
    waiting("a").reserve(400);
    waiting("b").reserve(400);
    assertRefused(503, atWork("c"), 450);
    assertEquals(List.of(), gaveWay);
  }

  private MemoryShare atWork(String user) {
    return budget.open(user, () -> false);
  }

  private MemoryShare waiting(String user) {
    MemoryShare[] self = new MemoryShare[1];
    self[0] =
        budget.open(
            user,
            () -> {
              gaveWay.add(self[0]);
              self[0].close();
              return true;
            });
    return self[0];
  }

  private static void assertRefused(int status, MemoryShare share, long bytes) {
    CallRefusal refusal = assertThrows(CallRefusal.class, () -> share.reserve(bytes));
    assertEquals(status, refusal.status());
  }
}
