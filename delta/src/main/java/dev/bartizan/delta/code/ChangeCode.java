// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;

/**
 * The code of bytes that are the base's but for changes here and there, for both directions (see
 * {@link Symbols}): a program that was linked anew, where addresses moved by one of a few
 * distances.
 *
 * <p>Whether a byte changed is expected by how long ago one did and by the byte of the base before
 * it, which in a program says what an address is part of. A change is the difference, modulo 256;
 * mostly it is one of the last few.
 */
public final class ChangeCode {
  /** Classes of how many bytes ago the last change was. */
  static final int DISTANCES = 12;

  /** Upper bits of the byte before. */
  static final int BEFORE = 16;

  static final int RECENT = 8;

  /** The symbol of a change that is none of the recent ones. */
  private static final int OTHER = RECENT;

  private static final int FAR = 1 << 16;
  private static final int NEAR = 3;

  private final Symbols port;
  private final boolean reading;
  private final byte[] recent = {1, -1, 2, -2, 4, -4, 8, -8};
  private int last;

  /**
   * @param port of one section: what was seen in a stretch is expected in the next
   */
  public ChangeCode(Symbols port) {
    this.port = port;
    this.reading = port.isReading();
  }

  /** Codes a stretch of {@code result}, to be read or to be filled. */
  public void code(byte[] base, int baseAt, byte[] result, int at, int length) throws DeltaRefusal {
    int distance = FAR;
    byte before = 0;
    for (int i = 0; i < length; i++) {
      byte like = base[baseAt + i];
      byte difference = reading ? 0 : (byte) (result[at + i] - like);
      if (port.symbol(context(distance, before), difference == 0 ? 0 : 1) == 1) {
        result[at + i] = (byte) (like + change(difference, Math.min(distance, NEAR) - 1));
        distance = 0;
      } else if (reading) {
        result[at + i] = like;
      }
      distance += distance < FAR ? 1 : 0;
      before = like;
    }
  }

  private static int context(int distance, byte before) {
    return SymbolContexts.CHANGES + BEFORE * distance(distance) + ((before & 0xff) >>> 4);
  }

  private static int distance(int bytes) {
    if (bytes <= 8) {
      return bytes - 1;
    }
    return Math.min(DISTANCES - 1, Integer.SIZE - 1 - Integer.numberOfLeadingZeros(bytes - 1) + 5);
  }

  private byte change(byte difference, int near) throws DeltaRefusal {
    int context = SymbolContexts.CHANGE_VALUES + (RECENT + 1) * near + last;
    last = port.symbol(context, reading ? 0 : find(difference));
    byte value = last < OTHER ? recent[last] : other(difference);
    System.arraycopy(recent, 0, recent, 1, Math.min(last, RECENT - 1));
    recent[0] = value;
    return value;
  }

  private int find(byte difference) {
    int at = 0;
    while (at < RECENT && recent[at] != difference) {
      at++;
    }
    return at;
  }

  private byte other(byte difference) throws DeltaRefusal {
    return (byte) port.symbol(SymbolContexts.CHANGE_OTHERS, difference & 0xff);
  }
}
