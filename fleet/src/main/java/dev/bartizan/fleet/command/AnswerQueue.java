// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.Interrupted;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Answers that came from the broker and wait to be looked at; the library's thread must not wait
 * for whoever looks. One too many is dropped: the wait then ends without an answer.
 */
final class AnswerQueue<T> {
  private final int most;
  private final BlockingQueue<T> waiting;

  AnswerQueue(int most) {
    this.most = most;
    this.waiting = new LinkedBlockingQueue<>(most);
  }

  void offer(T answer) {
    boolean kept = waiting.offer(answer);
    if (!kept) {
      System.getLogger("dev.bartizan.fleet.command")
          .log(System.Logger.Level.WARNING, "more than {0} answers", most);
    }
  }

  /**
   * The next one.
   *
   * @param end by {@link System#nanoTime}
   * @param none what is said when none came by then
   */
  T await(long end, Supplier<String> none) throws IOException {
    try {
      T answer = waiting.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (answer == null) {
        throw new IOException(none.get());
      }
      return answer;
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, "waiting was stopped");
    }
  }
}
