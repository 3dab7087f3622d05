package dev.bartizan.updater.delta;

import java.util.Arrays;

/**
 * The code of elements that are numbers in name only: codebooks, grids, rounded values, flags, or
 * narrow numbers in a wide format. What matters in them is which bit patterns occur, and what a
 * pattern of the base became.
 *
 * <p>Byte by byte, the uppermost first: each as its difference from the base's, modulo 256, in the
 * context of the base's and of whether a byte above it in the element is another. Without a base
 * the bytes above are the context. In sweeps over runs of elements, one for each byte.
 */
final class ByteCode {
  /** Contexts of each byte of an element. */
  static final int CONTEXTS = 512;

  private static final int RUN = 1024;

  private final Symbols port;
  private final int width;
  private final boolean hasBase;
  private final int[] contexts = new int[RUN];
  private final int[] symbols = new int[RUN];

  /** Of each element, 1 once a byte of it is another than the base's. */
  private final int[] changed = new int[RUN];

  ByteCode(Symbols port, TensorPiece piece) {
    this.port = port;
    this.width = piece.format().width();
    this.hasBase = piece.hasBase();
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
      Arrays.fill(changed, 0, count, 0);
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
      contexts[i] =
          first
              + (hasBase
                  ? 2 * (base[baseAt + place] & 0xff) + changed[i]
                  : above(result, at + place, width - 1 - plane));
      symbols[i] = (result[at + place] - like(base, baseAt + place)) & 0xff;
    }
    port.symbols(contexts, symbols, 0, count);
    for (int i = 0; i < count; i++) {
      int place = i * width + plane;
      result[at + place] = (byte) (like(base, baseAt + place) + symbols[i]);
      changed[i] |= hasBase && symbols[i] != 0 ? 1 : 0;
    }
  }

  /** Which bytes are above one, as far as there are contexts. */
  private static int above(byte[] result, int at, int count) {
    int hash = 0;
    for (int i = count; i > 0; i--) {
      hash = 37 * hash + result[at + i];
    }
    return hash & (CONTEXTS - 1);
  }

  private byte like(byte[] base, int at) {
    return hasBase ? base[at] : 0;
  }
}
