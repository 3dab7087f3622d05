// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import java.time.Duration;

/** Lets time pass between two attempts. */
@FunctionalInterface
public interface Pause {
  void await(Duration duration) throws InterruptedException;
}
