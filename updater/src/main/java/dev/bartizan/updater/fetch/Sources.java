// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Refusal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Whom to ask next for one file: the servers in their order, without those that disqualified. */
final class Sources {
  private final List<Mirror> left;
  private int next;
  private @Nullable Refusal first;

  Sources(List<Mirror> mirrors) {
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
   * The current one has not got the signed file.
   *
   * @throws Refusal the first of all, when nobody is left to ask
   */
  <R extends Refusal> void refused(R reason) throws Refusal {
    if (first == null) {
      first = reason;
    }
    if (left.size() == 1) {
      throw first;
    }
    left.remove(next);
    next = next % left.size();
  }
}
