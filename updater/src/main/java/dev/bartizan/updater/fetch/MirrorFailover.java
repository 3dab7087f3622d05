// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom to ask next for one file: the mirrors in their order, without those that were passed over.
 * When all of them were, the first one's reason counts; the others go with it.
 *
 * @param <R> what an answer can be refused with
 */
final class MirrorFailover<R extends Refusal> {
  private final List<Mirror> left;
  private int next;
  private @Nullable Reason<R> first;

  /** Why a mirror was passed over. */
  private record Reason<R extends Refusal>(Exception reason, Raise<R> raise) {}

  @FunctionalInterface
  private interface Raise<R extends Refusal> {
    void now() throws R, IOException;
  }

  /**
   * @param mirrors asked in this order; at least one
   */
  MirrorFailover(List<Mirror> mirrors) {
    if (mirrors.isEmpty()) {
      throw new IllegalArgumentException("nobody to ask");
    }
    this.left = new ArrayList<>(mirrors);
  }

  Mirror current() {
    return left.get(next);
  }

  /** The current one did not do this time: another one has its turn first. */
  void interrupted() {
    next = (next + 1) % left.size();
  }

  /**
   * The current one has not got the file.
   *
   * @throws R the first reason of all, when nobody is left to ask
   * @throws IOException the same
   */
  void refused(R reason) throws R, IOException {
    passOver(
        reason,
        () -> {
          throw reason;
        });
  }

  /** The current one cannot be asked now; ends as {@link #refused}. */
  void unreachable(IOException reason) throws R, IOException {
    passOver(
        reason,
        () -> {
          throw reason;
        });
  }

  /** What the current one says, another would say as well: raises the first reason of all. */
  void end(R reason) throws R, IOException {
    left.subList(0, left.size() - 1).clear();
    next = 0;
    refused(reason);
  }

  private void passOver(Exception reason, Raise<R> raise) throws R, IOException {
    Reason<R> counts = first == null ? new Reason<>(reason, raise) : first;
    if (counts.reason() != reason) {
      counts.reason().addSuppressed(reason);
    }
    first = counts;
    if (left.size() > 1) {
      left.remove(next);
      next = next % left.size();
    } else {
      counts.raise().now();
    }
  }
}
