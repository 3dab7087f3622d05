// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.TensorPiece;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The code of elements that are numbers in name only: codebooks, grids, rounded values, flags, or
 * narrow numbers in a wide format. What matters in them is which bit patterns occur, and what a
 * pattern of the base became.
 *
 * <p>Byte by byte, the uppermost first: each as its difference from the base's, modulo 256, in the
 * context of the base's, as long as the bytes above it are the base's. From then on, and without a
 * base, as it is, in the context of the bytes above: where few patterns occur, these tell the rest.
 * Where they tell nothing, a context for each of 256 sums would only take longer to learn. In
 * sweeps over runs of elements, one for each byte.
 */
final class ByteCode {
  private static final int OF_BASE = 256;

  /** Contexts of each byte of an element: by the base's byte, and by the bytes above. */
  static final int CONTEXTS = OF_BASE + 256;

  private static final int RUN = 1024;

  private final Symbols port;
  private final int width;
  private final boolean hasBase;

  private final @Nullable QuietCode quiet;

  /** What counts of the sum of the bytes above. */
  private final int telling;

  private final int[] contexts = new int[RUN];
  private final int[] symbols = new int[RUN];

  /**
   * Of each element, all ones while it is the base's as far as it is known, else 0: a branch would
   * be guessed wrong where elements change here and there.
   */
  private final int[] follows = new int[RUN];

  /** Of each element, a sum over the bytes that are known. */
  private final int[] above = new int[RUN];

  ByteCode(Symbols port, TensorPiece piece) {
    this.port = port;
    this.width = piece.format().width();
    this.hasBase = piece.hasBase();
    this.quiet = piece.has(TensorPiece.QUIET) ? new QuietCode(port, RUN) : null;
    this.telling = piece.has(TensorPiece.NOISE) ? 0 : 0xff;
  }

  /** Whether a context, counted from the first, is one in which the base's byte is expected. */
  static boolean isOfBase(int context) {
    return context % CONTEXTS < OF_BASE;
  }

  /**
   * Codes elements.
   *
   * @param base their counterparts, if there are any
   * @param length in bytes
   */
  void code(byte[] base, int baseAt, byte[] result, int at, int length) throws DeltaRefusal {
    for (int done = 0; done < length; done += RUN * width) {
      int count = Math.min(RUN, (length - done) / width);
      Arrays.fill(follows, 0, count, hasBase ? -1 : 0);
      Arrays.fill(above, 0, count, 0);
      for (int plane = width - 1; plane >= 0; plane--) {
        sweep(plane, base, baseAt + done, result, at + done, count);
      }
    }
  }

  private void sweep(int plane, byte[] base, int baseAt, byte[] result, int at, int count)
      throws DeltaRefusal {
    int first = SymbolContexts.BYTES + CONTEXTS * plane;
    for (int i = 0; i < count; i++) {
      int place = i * width + plane;
      int like = like(base, baseAt + place, i);
      int own = OF_BASE + (above[i] & telling);
      contexts[i] = first + ((follows[i] & like & 0xff) | (~follows[i] & own));
      symbols[i] = (result[at + place] - like) & 0xff;
    }
    if (quiet != null) {
      if (!port.isReading()) {
        quiet.look(symbols, count);
      }
      quiet.symbols(plane, contexts, symbols, count);
    } else {
      port.symbols(contexts, symbols, 0, count);
    }
    for (int i = 0; i < count; i++) {
      int place = i * width + plane;
      byte value = (byte) (like(base, baseAt + place, i) + symbols[i]);
      result[at + place] = value;
      above[i] = 37 * above[i] + value;
      follows[i] &= (symbols[i] - 1) >> 31;
    }
  }

  /** What is expected: the base's byte, or 0. */
  private int like(byte[] base, int at, int i) {
    return hasBase ? base[at] & follows[i] : 0;
  }
}
