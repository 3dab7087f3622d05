// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.SymbolContexts;
import dev.bartizan.delta.code.Symbols;
import dev.bartizan.delta.format.Numbers;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Encodes the streams of a section: coded symbols, and plain bits. */
final class SymbolWriter extends Symbols {
  private final RansWriter coded = new RansWriter(SymbolContexts.contexts());
  private byte[] bits = new byte[1 << 12];
  private long bitCount;

  @Override
  public boolean isReading() {
    return false;
  }

  @Override
  protected int symbol(int context, int symbol) {
    coded.add(context, symbol);
    return symbol;
  }

  @Override
  protected long bits(int count, long value) {
    if (count > 32) {
      bits(32, value & 0xffff_ffffL);
      bits(count - 32, value >>> 32);
      return value;
    }
    int at = (int) (bitCount >>> 3);
    if (at + 8 > bits.length) {
      bits = Arrays.copyOf(bits, bits.length * 2);
    }
    long moved = value << (bitCount & 7);
    for (int i = 0; moved != 0; i++, moved >>>= 8) {
      bits[at + i] |= (byte) moved;
    }
    bitCount += count;
    return value;
  }

  /** The streams as they stand at a payload's end. */
  void write(ByteArrayOutputStream out) {
    byte[] symbols = coded.encode();
    Numbers.write(out, symbols.length);
    out.writeBytes(symbols);
    out.write(bits, 0, (int) ((bitCount + 7) >>> 3));
  }
}
