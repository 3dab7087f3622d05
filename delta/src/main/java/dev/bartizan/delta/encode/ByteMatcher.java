// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds where bytes of the result were in the base, exactly or nearly: what was moved costs a copy,
 * what was moved and touched up (addresses in a program) a copy and a few differences.
 */
final class ByteMatcher {
  private static final int WORTH_A_COPY = 24;

  /** So many bytes the same in a row leave a stretch with changes: copying them is faster. */
  private static final int WORTH_LEAVING = 4096;

  /** How far an inexact match may get worse before it is given up. */
  private static final int PATIENCE = 48;

  private final Pages base;
  private final Pages result;
  private final ByteIndex index;
  private final boolean exact;
  private long expectedShift;

  /**
   * @param exact whether to find nothing but copies: bytes of numbers agree by half without meaning
   *     anything
   */
  ByteMatcher(KnownContent base, KnownContent result, ByteIndex index, boolean exact) {
    this.base = new Pages(base);
    this.result = new Pages(result);
    this.index = index;
    this.exact = exact;
  }

  /** Pieces that make the result's bytes from {@code from} up to {@code to}. */
  List<Piece> pieces(long from, long to, long shift) throws IOException {
    expectedShift = shift;
    List<Piece> pieces = new ArrayList<>();
    long literalFrom = from;
    long at = from;
    long hash = 0;
    boolean hashed = false;
    while (at < to) {
      long shifted = findExpected(at, to);
      if (shifted == Long.MIN_VALUE && at + ByteIndex.BLOCK <= to) {
        hash = hashed ? roll(hash, at) : hash(at);
        hashed = true;
        shifted = findIndexed(hash, at, to);
      }
      if (shifted == Long.MIN_VALUE) {
        at++;
        continue;
      }
      long start = backwards(at, shifted, literalFrom);
      long end = forwards(at, shifted, to);
      addLiteral(pieces, start - literalFrom);
      addMatch(pieces, start, end, shifted);
      expectedShift = shifted;
      at = end;
      literalFrom = end;
      hashed = false;
    }
    addLiteral(pieces, to - literalFrom);
    return pieces;
  }

  private long hash(long at) throws IOException {
    byte[] block = new byte[ByteIndex.BLOCK];
    for (int i = 0; i < block.length; i++) {
      block[i] = result.at(at + i);
    }
    return ByteIndex.hash(block, 0);
  }

  private long roll(long hash, long at) throws IOException {
    return ByteIndex.roll(hash, result.at(at - 1), result.at(at + ByteIndex.BLOCK - 1));
  }

  private long findExpected(long at, long to) throws IOException {
    return isMatch(at, expectedShift, to, WORTH_A_COPY) ? expectedShift : Long.MIN_VALUE;
  }

  private long findIndexed(long hash, long at, long to) throws IOException {
    long there = index.find(hash);
    return there >= 0 && isMatch(at, there - at, to, ByteIndex.BLOCK) ? there - at : Long.MIN_VALUE;
  }

  private boolean isMatch(long at, long shift, long to, int length) throws IOException {
    if (at + length > to || at + shift < 0 || at + shift + length > base.length()) {
      return false;
    }
    for (int i = 0; i < length; i++) {
      if (result.at(at + i) != base.at(at + shift + i)) {
        return false;
      }
    }
    return true;
  }

  private long backwards(long at, long shift, long limit) throws IOException {
    long start = at;
    while (start > limit
        && start + shift > 0
        && result.at(start - 1) == base.at(start + shift - 1)) {
      start--;
    }
    return start;
  }

  /** As far as more than half of the bytes agree. */
  private long forwards(long at, long shift, long to) throws IOException {
    long end = Math.min(to, base.length() - shift);
    long best = at;
    int score = 0;
    int bestScore = 0;
    for (long i = at; i < end; i++) {
      score += result.at(i) == base.at(i + shift) ? 1 : -1;
      if (score > bestScore) {
        bestScore = score;
        best = i + 1;
      } else if (exact || score < bestScore - PATIENCE) {
        break;
      }
      if (score > 1 << 20) {
        score -= 1 << 19;
        bestScore -= 1 << 19;
      }
    }
    return best;
  }

  private static void addLiteral(List<Piece> pieces, long length) {
    if (length > 0) {
      pieces.add(new Piece.Literal(length));
    }
  }

  /** Cuts a match into what is the same and what is not quite. */
  private void addMatch(List<Piece> pieces, long start, long end, long shift) throws IOException {
    long touchedFrom = start;
    long touchedTo = start;
    for (long at = start; at < end; ) {
      long same = at;
      while (same < end && result.at(same) == base.at(same + shift)) {
        same++;
      }
      if (same - at >= WORTH_LEAVING || (same == end && touchedTo == touchedFrom)) {
        addShifted(pieces, touchedFrom, touchedTo, shift);
        pieces.add(new Piece.Copy(at + shift, same - at));
        touchedFrom = same;
      }
      at = same;
      while (at < end && result.at(at) != base.at(at + shift)) {
        at++;
      }
      touchedTo = at;
    }
    addShifted(pieces, touchedFrom, touchedTo, shift);
    long rest = end - Math.max(touchedTo, touchedFrom);
    if (rest > 0 && touchedTo > touchedFrom) {
      pieces.add(new Piece.Copy(end - rest + shift, rest));
    }
  }

  private static void addShifted(List<Piece> pieces, long from, long to, long shift) {
    if (to > from) {
      pieces.add(new Piece.Shifted(from + shift, to - from));
    }
  }
}
