// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.delta.tensor.LocatedTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Tensors parts of which lie elsewhere in the base, byte for byte: matrices that were fused or
 * split, a table into which rows were inserted. Looking at numbers one by one says nothing of them.
 */
final class MovedParts {
  /** Looks at so many places of a tensor; one found elsewhere could be chance. */
  private static final int SAMPLES = 128;

  private static final int FOUND_MIN = 3;

  /** All of a sample has to be found: of a few bytes there may be many that are the same. */
  private static final int SAMPLE = 4 * ByteIndex.BLOCK;

  /** What is shorter is not worth a plan of its own: as numbers, between two parts. */
  private static final int SHORTEST = 128;

  private final KnownContent base;
  private final KnownContent result;
  private final ByteIndex index;
  private final ByteMatcher matcher;

  /**
   * @param baseLayout tensors of the base, all of which are searched
   */
  MovedParts(KnownContent base, Layout baseLayout, KnownContent result) throws IOException {
    this.base = base;
    this.result = result;
    List<Piece.Copy> stretches = new ArrayList<>();
    for (LocatedTensor tensor : baseLayout.tensors()) {
      stretches.add(new Piece.Copy(tensor.offset(), tensor.length()));
    }
    this.index = ByteIndex.of(base, stretches);
    this.matcher = new ByteMatcher(base, result, index, true);
  }

  /** Whether some of a tensor is elsewhere, and not where its counterpart has it. */
  boolean areIn(LocatedTensor tensor, Counterpart counterpart) throws IOException {
    if (isTable(tensor.type()) && counterpart.columns() > 0) {
      return false;
    }
    boolean isDense = counterpart.isDense(Grid.of(tensor));
    long places = tensor.length() / SAMPLE;
    int count = (int) Math.min(SAMPLES, places);
    int found = 0;
    for (int i = 0; i < count; i++) {
      long at = places / count * i * SAMPLE;
      byte[] sample = result.read(tensor.offset() + at, SAMPLE);
      boolean isInPlace =
          isDense
              && counterpart.position() + at + SAMPLE <= base.length()
              && Arrays.equals(sample, base.read(counterpart.position() + at, SAMPLE));
      found += !isInPlace && isElsewhere(sample) ? 1 : 0;
    }
    return found >= FOUND_MIN;
  }

  /** The tensor as such parts and the rest, which is numbers. */
  List<Item> items(LocatedTensor tensor, Counterpart counterpart) throws IOException {
    List<Item> items = new ArrayList<>();
    long at = tensor.offset();
    long rest = at;
    Grid grid = Grid.of(tensor);
    int width = grid.format().width();
    long shift = counterpart.isDense(grid) ? counterpart.position() - at : 0;
    for (Piece piece : matcher.pieces(at, tensor.end(), shift)) {
      long from = tensor.offset() + roundUp(at - tensor.offset(), width);
      long to = at + piece.resultLength();
      to -= (to - tensor.offset()) % width;
      if (piece instanceof Piece.Copy copy && to > from) {
        addNumbers(items, tensor, grid, counterpart, rest, from);
        items.add(new Item.Bytes(from, new Piece.Copy(copy.position() + from - at, to - from)));
        rest = to;
      }
      at += piece.resultLength();
    }
    addNumbers(items, tensor, grid, counterpart, rest, tensor.end());
    return items;
  }

  private static long roundUp(long value, int width) {
    return (value + width - 1) / width * width;
  }

  private static void addNumbers(
      List<Item> items,
      LocatedTensor tensor,
      Grid grid,
      Counterpart counterpart,
      long from,
      long to) {
    if (to > from && to - from < SHORTEST) {
      items.add(new Item.Bytes(from, new Piece.Literal(to - from)));
    } else if (to > from) {
      Grid part = grid.part(from, to - from);
      items.addAll(new TensorPlan(tensor.name(), part, counterpart.part(grid, part)).blocks());
    }
  }

  /**
   * Indices and the like, in which a frame with the old table at hand finds more than this does.
   */
  private static boolean isTable(ElementType type) {
    return switch (type) {
      case INT32, UINT32, INT64, UINT64 -> true;
      default -> false;
    };
  }

  /** Wherever a block of the base starts, one of the blocks within the sample is found by it. */
  private boolean isElsewhere(byte[] sample) throws IOException {
    long hash = ByteIndex.hash(sample, 0);
    for (int i = 0; i < ByteIndex.BLOCK; i++) {
      long position = index.find(hash) - i;
      if (!isUniform(sample, i)
          && position >= 0
          && position + SAMPLE <= base.length()
          && Arrays.equals(sample, base.read(position, SAMPLE))) {
        return true;
      }
      hash = ByteIndex.roll(hash, sample[i], sample[i + ByteIndex.BLOCK]);
    }
    return false;
  }

  /** One element again and again, zeros for example, is found anywhere and says nothing. */
  private static boolean isUniform(byte[] sample, int at) {
    int end = at + ByteIndex.BLOCK;
    return Arrays.equals(sample, at + Long.BYTES, end, sample, at, end - Long.BYTES);
  }
}
