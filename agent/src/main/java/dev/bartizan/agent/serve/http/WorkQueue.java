// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are whole and wait for a thread. Users take turns, and none of them has every
 * thread, so that however much one asks for, another is answered. Thread-safe.
 */
final class WorkQueue {
  /** What one user may have waiting; more would only wait longer. */
  static final int WAITING_PER_USER = 64;

  private final Executor threads;
  private final int atOnce;
  private final Map<Object, Queue<Runnable>> waiting = new LinkedHashMap<>();
  private final Map<Object, Integer> running = new HashMap<>();
  private int busy;

  /** Work, and whose. */
  private record Turn(Object user, Runnable work) {}

  /**
   * @param atOnce how many threads work at once
   */
  WorkQueue(Executor threads, int atOnce) {
    this.threads = threads;
    this.atOnce = atOnce;
  }

  /** Takes work on; it throws nothing. */
  void submit(Object user, Runnable work) throws CallRefusal {
    synchronized (this) {
      Queue<Runnable> queue = waiting.computeIfAbsent(user, it -> new ArrayDeque<>());
      if (queue.size() == WAITING_PER_USER) {
        throw CallRefusal.busy("the threads");
      }
      queue.add(work);
    }
    startOne();
  }

  private void startOne() {
    Turn turn = next();
    if (turn != null) {
      threads.execute(() -> run(turn));
    }
  }

  /** Goes on with the next: a thread that has work needs no other to be found. */
  private void run(Turn first) {
    for (Turn turn = first; turn != null; turn = next()) {
      try {
        turn.work().run();
      } finally {
        ended(turn.user());
      }
    }
  }

  private synchronized @Nullable Turn next() {
    if (busy == atOnce) {
      return null;
    }
    Optional<Object> found = waiting.keySet().stream().filter(this::mayHaveAnother).findFirst();
    if (found.isEmpty()) {
      return null;
    }
    Object user = found.get();
    Queue<Runnable> queue = waiting.remove(user);
    if (queue == null) {
      return null;
    }
    Runnable work = queue.remove();
    if (!queue.isEmpty()) {
      waiting.put(user, queue); // behind the others
    }
    running.merge(user, 1, Integer::sum);
    busy++;
    return new Turn(user, work);
  }

  private boolean mayHaveAnother(Object user) {
    return running.getOrDefault(user, 0) < Math.max(1, atOnce - 1);
  }

  private synchronized void ended(Object user) {
    busy--;
    running.merge(user, -1, (count, change) -> count + change == 0 ? null : count + change);
  }
}
