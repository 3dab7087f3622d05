package dev.bartizan.fleet.delta;

import dev.bartizan.updater.delta.Contexts;
import dev.bartizan.updater.delta.Numbers;
import dev.bartizan.updater.delta.SymbolContexts;
import dev.bartizan.updater.delta.Symbols;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/**
 * Encodes the streams of a section. rANS works from the last symbol to the first, so what each
 * symbol's slots were is kept until the end.
 */
final class SymbolWriter extends Symbols {
  private static final long LOW = 1L << 31;

  private final Contexts contexts = SymbolContexts.main();
  private final Contexts details = SymbolContexts.details();
  private final Ranges main = new Ranges();
  private final Ranges leading = new Ranges();
  private byte[] bits = new byte[1 << 12];
  private long bitCount;

  @Override
  public boolean isReading() {
    return false;
  }

  @Override
  protected int symbol(int context, int symbol) {
    if (contexts.isNew(context)) {
      SymbolContexts.expect(contexts, context);
    }
    int index = contexts.first(context) + symbol;
    main.add(contexts.range(index));
    contexts.learn(context, index);
    return symbol;
  }

  @Override
  protected int detail(int context, int symbol) {
    if (details.isNew(context)) {
      SymbolContexts.expectDetail(details, context);
    }
    int index = details.first(context) + symbol;
    leading.add(details.range(index));
    details.learn(context, index);
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
    byte[] first = main.encode();
    byte[] second = leading.encode();
    Numbers.write(out, first.length);
    Numbers.write(out, second.length);
    out.writeBytes(first);
    out.writeBytes(second);
    out.write(bits, 0, (int) ((bitCount + 7) >>> 3));
  }

  /** First slot and frequency of every symbol, in the order of decoding. */
  private static final class Ranges {
    private int[] ranges = new int[1 << 10];
    private int count;

    void add(int range) {
      if (count == ranges.length) {
        ranges = Arrays.copyOf(ranges, 2 * count);
      }
      ranges[count++] = range;
    }

    byte[] encode() {
      byte[] reversed = new byte[4 * count + 8];
      int at = reversed.length;
      long state = LOW;
      for (int i = count - 1; i >= 0; i--) {
        long frequency = ranges[i] & 0xffff;
        if (state >= frequency << (63 - Contexts.BITS)) {
          at = put(reversed, at, state, 4);
          state >>>= 32;
        }
        state = ((state / frequency) << Contexts.BITS) + state % frequency + (ranges[i] >>> 16);
      }
      at = put(reversed, at, state, 8);
      return Arrays.copyOfRange(reversed, at, reversed.length);
    }

    /** Little-endian, before what is there. */
    private static int put(byte[] target, int end, long value, int width) {
      int at = end - width;
      for (int i = 0; i < width; i++) {
        target[at + i] = (byte) (value >>> (8 * i));
      }
      return at;
    }
  }
}
