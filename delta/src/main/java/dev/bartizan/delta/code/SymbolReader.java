// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import dev.bartizan.delta.format.LittleEndian;

/** Decodes the streams of a section: coded symbols, and plain bits. */
public final class SymbolReader extends Symbols {
  private final RansReader coded;
  private final byte[] payload;
  private long bitPosition;
  private final long bitEnd;

  /**
   * @param contexts all new
   * @param payload with at least eight bytes after {@code bitsEnd}
   * @param start of the coded symbols; the bits follow
   */
  public SymbolReader(Contexts contexts, byte[] payload, int start, int codedLength, int bitsEnd)
      throws DeltaRefusal {
    int codedEnd = start + codedLength;
    if (codedEnd > bitsEnd) {
      throw malformed("coded symbols that are longer than it");
    }
    this.coded = new RansReader(contexts, payload, start, codedEnd);
    this.payload = payload;
    this.bitPosition = 8L * codedEnd;
    this.bitEnd = 8L * bitsEnd;
  }

  @Override
  public boolean isReading() {
    return true;
  }

  @Override
  protected int symbol(int context, int ignored) throws DeltaRefusal {
    return coded.symbol(context);
  }

  @Override
  protected void symbols(int[] contexts, int[] symbols, int from, int to) throws DeltaRefusal {
    coded.symbols(contexts, symbols, from, to);
  }

  @Override
  protected long bits(int count, long ignored) throws DeltaRefusal {
    return bits(count);
  }

  /**
   * The next plain bits. Who reads them in sweeps counts on that nothing is called here: after a
   * call, a compiler would have to look up again whatever the sweep works on.
   */
  long bits(int count) throws DeltaRefusal {
    long at = bitPosition;
    if (at + count > bitEnd) {
      throw malformed("fewer bits than are needed");
    }
    bitPosition = at + count;
    int from = (int) (at >>> 3);
    int skipped = (int) at & 7;
    long word = (long) LittleEndian.LONGS.get(payload, from) >>> skipped;
    if (count > Long.SIZE - Byte.SIZE) {
      word |= (long) payload[from + Long.BYTES] << 1 << (Long.SIZE - 1 - skipped);
    }
    return count < Long.SIZE ? word & ((1L << count) - 1) : word;
  }

  /** All that was there was used, and nothing else: else somebody has padded or cut it. */
  public void requireEnd() throws DeltaRefusal {
    if (!coded.isSpent() || bitEnd - bitPosition >= Byte.SIZE) {
      throw malformed("its streams are longer than its tensors");
    }
  }

  private static DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, "section: " + detail);
  }
}
