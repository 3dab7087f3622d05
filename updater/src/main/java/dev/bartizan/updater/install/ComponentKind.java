// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/** What a component is. */
public enum ComponentKind {
  /** What a device runs for its applications. */
  MODEL,
  /** The agent itself, or a part of it. */
  SOFTWARE,
  /** Says of others which of their releases belong together. */
  SUITE
}
