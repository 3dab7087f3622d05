// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import java.util.Arrays;

/**
 * Symbols of elements that mostly are as predicted, as what was only cast or touched here and there
 * leaves them: of sixteen in a row is said first whether all of them are, and if so nothing else.
 * It is a fraction of the work, for about as much to travel.
 */
final class QuietCode {
  /** Elements in a row of which is said whether all are as predicted. */
  private static final int GROUP = 16;

  private final Symbols port;
  private final int[] groupContexts;

  /** Of each group: 0 if all of it is as predicted. */
  private final int[] loud;

  private final int[] contexts;
  private final int[] others;

  QuietCode(Symbols port, int most) {
    this.port = port;
    this.groupContexts = new int[most / GROUP + 1];
    this.loud = new int[groupContexts.length];
    this.contexts = new int[most];
    this.others = new int[most];
  }

  /** For a writer: looks which groups are as predicted. */
  void look(Run run, int count) {
    for (int at = 0; at < count; at += GROUP) {
      int end = Math.min(count, at + GROUP);
      boolean same = Arrays.equals(run.predictions, at, end, run.elements, at, end);
      loud[at / GROUP] = same ? 0 : 1;
    }
  }

  /** The same for symbols that are 0 where a byte is as predicted. */
  void look(int[] symbols, int count) {
    for (int at = 0; at < count; at += GROUP) {
      int any = 0;
      for (int i = at; i < Math.min(count, at + GROUP); i++) {
        any |= symbols[i];
      }
      loud[at / GROUP] = any == 0 ? 0 : 1;
    }
  }

  /**
   * Codes which groups are as predicted, and the symbols of the others, of {@code count} in all;
   * those that are as predicted are 0.
   *
   * @param plane which byte of an element they are, if they are bytes
   */
  void symbols(int plane, int[] wanted, int[] symbols, int count) throws DeltaRefusal {
    int groups = (count + GROUP - 1) / GROUP;
    Arrays.fill(groupContexts, 0, groups, SymbolContexts.QUIET + plane);
    port.symbols(groupContexts, loud, 0, groups);
    port.symbols(contexts, others, 0, gather(wanted, symbols, count));
    scatter(symbols, count);
  }

  /** Whether the element that stands there, and those up to the stretch's end, are as predicted. */
  boolean isQuiet(int at) {
    return loud[at / GROUP] == 0;
  }

  /** Where the groups of the one kind, of which one begins at {@code from}, end. */
  int stretchEnd(int from, int count) {
    int at = from;
    while (at < count && isQuiet(at) == isQuiet(from)) {
      at += GROUP;
    }
    return Math.min(at, count);
  }

  /** Puts those that are not quiet side by side; returns how many there are. */
  private int gather(int[] wanted, int[] symbols, int count) {
    int found = 0;
    for (int at = 0; at < count; at += GROUP) {
      if (loud[at / GROUP] != 0) {
        int length = Math.min(GROUP, count - at);
        System.arraycopy(wanted, at, contexts, found, length);
        System.arraycopy(symbols, at, others, found, length);
        found += length;
      }
    }
    return found;
  }

  private void scatter(int[] symbols, int count) {
    Arrays.fill(symbols, 0, count, 0);
    int next = 0;
    for (int at = 0; at < count; at += GROUP) {
      if (loud[at / GROUP] != 0) {
        int length = Math.min(GROUP, count - at);
        System.arraycopy(others, next, symbols, at, length);
        next += length;
      }
    }
  }
}
