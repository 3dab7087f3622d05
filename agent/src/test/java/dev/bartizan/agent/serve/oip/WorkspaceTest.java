// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.http.CallRefusal;
import dev.bartizan.agent.serve.http.MemoryBudget;
import dev.bartizan.agent.serve.http.MemoryShare;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private static final int LIMIT = 16 << 20;

  private final Workspaces workspaces = new Workspaces();
  private final MemoryBudget budget = new MemoryBudget(2 * LIMIT);

  @Test
  void tensorsOfOneRequestNeverShareAByteAndAreAligned() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      try (MemoryShare share = share();
          Workspace memory = new Workspaces().borrow(share)) {
        List<ByteBuffer> tensors = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
          ByteBuffer tensor = memory.room(random.nextInt(10_000));
          assertEquals(0, tensor.alignmentOffset(0, 64), "seed " + seed);
          fill(tensor, i);
          tensors.add(tensor);
        }
        for (int i = 0; i < tensors.size(); i++) {
          assertHolds(tensors.get(i), i, seed);
        }
      }
    }
  }

  @Test
  void aRequestIsRefusedBeforeItTakesMoreThanItsShare() throws Exception {
    try (MemoryShare share = share();
        Workspace memory = workspaces.borrow(share)) {
      for (long bytes : new long[] {LIMIT + 1, Integer.MAX_VALUE, Long.MAX_VALUE / 2}) {
        CallRefusal refusal = assertThrows(CallRefusal.class, () -> memory.room(bytes));
        assertEquals(413, refusal.status());
      }
      assertEquals(0, budget.held());
    }
  }

  @Test
  void memoryIsUsedAgainAndBelongsToNobodyMeanwhile() throws Exception {
    MemoryShare first = share();
    Workspace memory = workspaces.borrow(first);
    memory.room(1000);
    long held = budget.held();
    memory.close();
    first.close();
    assertEquals(0, budget.held());
    try (MemoryShare second = share();
        Workspace again = workspaces.borrow(second)) {
      again.room(1000);
      assertTrue(budget.held() <= held, "no more than before");
    }
  }

  private MemoryShare share() {
    return budget.open("user", () -> false);
  }

  private static void fill(ByteBuffer tensor, int value) {
    for (int i = 0; i < tensor.capacity(); i++) {
      tensor.put(i, (byte) value);
    }
  }

  private static void assertHolds(ByteBuffer tensor, int value, int seed) {
    for (int i = 0; i < tensor.capacity(); i++) {
      if (tensor.get(i) != value) {
        throw new AssertionError("seed " + seed + ": tensor " + value + " was overwritten");
      }
    }
  }
}
