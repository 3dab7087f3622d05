// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.io.IOException;

/** Counts the bytes of downloads against what they may cost. */
public interface Quota {
  /** Nothing is counted, nothing costs. */
  Quota FREE =
      new Quota() {
        @Override
        public long available() {
          return Long.MAX_VALUE;
        }

        @Override
        public void spend(long bytes) {}
      };

  /**
   * How many bytes may be asked for now; at least 1.
   *
   * @throws OverBudget when there are none
   */
  long available() throws IOException;

  /**
   * Counts bytes that came.
   *
   * @throws OverBudget when they were more than there was left; they are counted
   */
  void spend(long bytes) throws IOException;
}
