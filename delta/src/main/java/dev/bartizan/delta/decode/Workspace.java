// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.delta.code.Contexts;
import dev.bartizan.delta.code.SymbolContexts;

/**
 * Memory that sections use one after the other: arrays of megabytes, fresh for each, would keep a
 * small heap's collector busier than the work itself.
 */
final class Workspace {
  private byte[] base = new byte[0];
  private byte[] coded = new byte[0];
  private final Contexts contexts = SymbolContexts.contexts();

  /** At least so many bytes, whatever is in them. */
  byte[] base(int length) {
    base = base.length < length ? new byte[length] : base;
    return base;
  }

  /** At least so many bytes, whatever is in them. */
  byte[] coded(int length) {
    coded = coded.length < length ? new byte[length] : coded;
    return coded;
  }

  /** The contexts of a section, all new. */
  Contexts contexts() {
    contexts.forget();
    return contexts;
  }
}
