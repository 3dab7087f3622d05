package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.agent.serve.InferenceRefusal;
import dev.bartizan.agent.serve.InferenceRefusal.Reason;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
  private static final int LIMIT = 16 << 20;

  private final Workspaces workspaces = new Workspaces(LIMIT);

  @Test
  void tensorsOfOneRequestNeverShareAByteAndAreAligned() throws Exception {
    for (int seed = 0; seed < 200; seed++) {
      Random random = new Random(seed);
      try (Workspace memory = new Workspace(new Workspaces(LIMIT), LIMIT)) {
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
  void aRequestMayFillItsLimitAndNotAByteMore() throws Exception {
    try (Workspace memory = workspaces.borrow()) {
      assertEquals(LIMIT, memory.room(LIMIT).remaining());
      assertRefused(Reason.TOO_LARGE, memory, 1);
    }
  }

  @Test
  void memoryIsUsedAgain() throws Exception {
    Workspace first = workspaces.borrow();
    first.room(1000);
    first.close();
    Workspace second = workspaces.borrow();
    assertSame(first, second);
    assertEquals(0, second.length());
  }

  @Test
  void requestsTogetherCannotOutgrowTheBudgetAndGiveItBack() throws Exception {
    List<Workspace> held = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      Workspace memory = workspaces.borrow();
      memory.room(LIMIT);
      held.add(memory);
    }
    Workspace last = workspaces.borrow();
    assertRefused(Reason.BUSY, last, LIMIT);
    held.get(0).close();
    Workspace next = workspaces.borrow();
    assertEquals(LIMIT, next.room(LIMIT).remaining());
  }

  private static void assertRefused(Reason reason, Workspace memory, long bytes) {
    InferenceRefusal refusal = assertThrows(InferenceRefusal.class, () -> memory.room(bytes));
    assertEquals(reason, refusal.reason());
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
