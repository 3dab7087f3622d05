// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

/** Memory that the outputs of an inference may take: asked before it is taken. */
@FunctionalInterface
public interface Allowance {
  /** For inferences that no client asked for. */
  Allowance UNLIMITED = bytes -> {};

  void reserve(long bytes) throws RunRefusal;
}
