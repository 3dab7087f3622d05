package dev.bartizan.updater.delta;

import dev.bartizan.updater.delta.DeltaRefusal.Reason;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * Decodes the streams of a section: two of range asymmetric numeral systems (rANS), which a
 * processor can work on side by side, and one of plain bits.
 */
final class SymbolReader extends Symbols {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** The state of a coder that has nothing more to say. */
  static final long LOW = 1L << 31;

  private static final int MASK = Contexts.TOTAL - 1;

  private final byte[] payload;
  private final Contexts contexts = SymbolContexts.main();
  private final Contexts details = SymbolContexts.details();
  private long state;
  private int next;
  private final int end;
  private long detailState;
  private int detailNext;
  private final int detailEnd;
  private long bitPosition;
  private final long bitEnd;

  /**
   * @param payload with at least eight bytes after {@code bitsEnd}
   * @param start of the main stream; the detail stream and the bits follow
   */
  SymbolReader(byte[] payload, int start, int mainLength, int detailLength, int bitsEnd)
      throws DeltaRefusal {
    this.payload = payload;
    this.end = start + mainLength;
    this.detailEnd = end + detailLength;
    if (mainLength < 8 || detailLength < 8 || detailEnd > bitsEnd) {
      throw malformed("streams that end before they begin");
    }
    this.state = (long) LONGS.get(payload, start);
    this.next = start + 8;
    this.detailState = (long) LONGS.get(payload, end);
    this.detailNext = end + 8;
    this.bitPosition = 8L * detailEnd;
    this.bitEnd = 8L * bitsEnd;
    if (state < LOW || detailState < LOW) {
      throw malformed("a coder's state");
    }
  }

  @Override
  public boolean isReading() {
    return true;
  }

  @Override
  protected int symbol(int context, int ignored) throws DeltaRefusal {
    if (contexts.isNew(context)) {
      SymbolContexts.expect(contexts, context);
    }
    long at = state;
    int slot = (int) at & MASK;
    int index = contexts.find(context, slot);
    int range = contexts.range(index);
    at = (range & 0xffff) * (at >>> Contexts.BITS) + slot - (range >>> 16);
    if (at < LOW) {
      at = (at << 32) | word(next, end);
      next += 4;
    }
    state = at;
    contexts.learn(context, index);
    return index - contexts.first(context);
  }

  /** With the coder's state in registers. */
  @Override
  protected void symbols(int[] wanted, int[] symbols, int count) throws DeltaRefusal {
    Contexts known = contexts;
    long at = state;
    int from = next;
    for (int i = 0; i < count; i++) {
      int context = wanted[i];
      if (known.isNew(context)) {
        SymbolContexts.expect(known, context);
      }
      int slot = (int) at & MASK;
      int index = known.find(context, slot);
      int range = known.range(index);
      at = (range & 0xffff) * (at >>> Contexts.BITS) + slot - (range >>> 16);
      if (at < LOW) {
        at = (at << 32) | word(from, end);
        from += 4;
      }
      known.learn(context, index);
      symbols[i] = index - known.first(context);
    }
    state = at;
    next = from;
  }

  @Override
  protected int detail(int context, int ignored) throws DeltaRefusal {
    if (details.isNew(context)) {
      SymbolContexts.expectDetail(details, context);
    }
    long at = detailState;
    int slot = (int) at & MASK;
    int index = details.find(context, slot);
    int range = details.range(index);
    at = (range & 0xffff) * (at >>> Contexts.BITS) + slot - (range >>> 16);
    if (at < LOW) {
      at = (at << 32) | word(detailNext, detailEnd);
      detailNext += 4;
    }
    detailState = at;
    details.learn(context, index);
    return index - details.first(context);
  }

  @Override
  protected long bits(int count, long ignored) throws DeltaRefusal {
    if (count > 32) {
      long low = bits(32, 0);
      return (bits(count - 32, 0) << 32) | low;
    }
    long at = bitPosition;
    if (at + count > bitEnd) {
      throw malformed("fewer bits than are needed");
    }
    bitPosition = at + count;
    long word = (long) LONGS.get(payload, (int) (at >>> 3)) >>> (at & 7);
    return word & ((1L << count) - 1);
  }

  /** All that was there was used, and nothing else: else somebody has padded or cut it. */
  void requireEnd() throws DeltaRefusal {
    boolean spent = next == end && detailNext == detailEnd && bitEnd - bitPosition < Byte.SIZE;
    if (!spent || state != LOW || detailState != LOW) {
      throw malformed("its streams are longer than its tensors");
    }
  }

  private long word(int at, int limit) throws DeltaRefusal {
    if (at + 4 > limit) {
      throw malformed("a stream that ends early");
    }
    return (int) INTS.get(payload, at) & 0xffff_ffffL;
  }

  private static DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, "section: " + detail);
  }
}
