// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

/** Whom an operator reads. */
@FunctionalInterface
public interface Says {
  void say(String line);
}
