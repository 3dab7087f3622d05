// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class WorkQueueTest {
  private final Queue<Runnable> threads = new ArrayDeque<>();
  private final WorkQueue queue = new WorkQueue(threads::add, 3);
  private final List<String> done = new ArrayList<>();

  // One user asks for more than all threads can do.
  @Test
  void noUserHasEveryThread() throws Exception {
    for (int i = 0; i < 10; i++) {
      submit("a");
    }
    assertEquals(2, threads.size());
    submit("b");
    assertEquals(3, threads.size());
  }

  @Test
  void usersTakeTurns() throws Exception {
    submit("a");
    submit("a");
    submit("a");
    submit("a");
    submit("b");
    submit("b");
    threads.remove().run();
    assertEquals(List.of("a", "a", "b", "a"), done);
  }

  @Test
  void whatWouldOnlyWaitLongerIsRefused() throws Exception {
    for (int i = 0; i < WorkQueue.WAITING_PER_USER + 2; i++) {
      submit("a");
    }
    CallRefusal refusal = assertThrows(CallRefusal.class, () -> submit("a"));
    assertEquals(503, refusal.status());
    assertEquals("1", refusal.headers().get("Retry-After"));
    submit("b");
  }

  private void submit(String user) throws CallRefusal {
    queue.submit(user, () -> done.add(user));
  }
}
