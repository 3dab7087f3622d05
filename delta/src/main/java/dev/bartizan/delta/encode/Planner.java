// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.tensor.LocatedTensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Walks the result once and says for every stretch what it is made from. */
final class Planner {
  /** Longer stretches between tensors are searched for what was moved. */
  private static final int SHORT = 4096;

  private final KnownContent base;
  private final KnownContent result;
  private final Layout baseLayout;
  private final Layout resultLayout;
  private final Matcher matcher;
  private final List<Item> items = new ArrayList<>();
  private Optional<ByteMatcher> bytes = Optional.empty();
  private Optional<MovedParts> moved = Optional.empty();

  /** Where in the base what follows is expected. */
  private long expected;

  Planner(KnownContent base, Layout baseLayout, KnownContent result, Layout resultLayout)
      throws IOException {
    this.base = base;
    this.result = result;
    this.baseLayout = resultLayout.tensors().isEmpty() ? new Layout(List.of()) : baseLayout;
    this.resultLayout = resultLayout;
    this.matcher = new Matcher(base, this.baseLayout);
  }

  /** Items that make up the result, in order, neighbouring copies joined. */
  List<Item> plan() throws IOException {
    long at = 0;
    for (LocatedTensor tensor : resultLayout.tensors()) {
      if (tensor.offset() > at) {
        addBetween(at, tensor.offset());
      }
      add(tensor);
      at = tensor.end();
    }
    if (at < result.length()) {
      addBetween(at, result.length());
    }
    return items;
  }

  private void add(LocatedTensor tensor) throws IOException {
    Optional<LocatedTensor> same = matcher.findSame(result, tensor);
    if (same.isPresent()) {
      add(tensor.offset(), new Piece.Copy(same.get().offset(), tensor.length()));
      return;
    }
    Counterpart counterpart = matcher.counterpart(result, tensor);
    items.addAll(
        moved().areIn(tensor, counterpart)
            ? moved().items(tensor, counterpart)
            : new TensorPlan(tensor.name(), Grid.of(tensor), counterpart).blocks());
    expected =
        counterpart.columns() == 0
            ? expected + tensor.length()
            : counterpart.position()
                + counterpart.rows() * counterpart.columns() * counterpart.format().width();
  }

  private void addBetween(long from, long to) throws IOException {
    if (to - from <= SHORT && !resultLayout.tensors().isEmpty()) {
      int length = (int) (to - from);
      boolean same =
          expected + length <= base.length()
              && Arrays.equals(result.read(from, length), base.read(expected, length));
      add(from, same ? new Piece.Copy(expected, length) : new Piece.Literal(length));
      return;
    }
    long at = from;
    for (Piece piece : bytes().pieces(from, to, expected - from)) {
      add(at, piece);
      at += piece.resultLength();
    }
  }

  private ByteMatcher bytes() throws IOException {
    if (bytes.isEmpty()) {
      ByteIndex index = ByteIndex.of(base, baseLayout.between(base.length()));
      bytes = Optional.of(new ByteMatcher(base, result, index, false));
    }
    return bytes.get();
  }

  private MovedParts moved() throws IOException {
    if (moved.isEmpty()) {
      moved = Optional.of(new MovedParts(base, baseLayout, result));
    }
    return moved.get();
  }

  private void add(long position, Piece piece) {
    if (piece instanceof Piece.Copy copy) {
      expected = copy.position() + copy.resultLength();
      if (!items.isEmpty()
          && items.get(items.size() - 1) instanceof Item.Bytes before
          && before.piece() instanceof Piece.Copy earlier
          && earlier.position() + earlier.resultLength() == copy.position()) {
        items.set(
            items.size() - 1,
            new Item.Bytes(
                before.position(),
                new Piece.Copy(earlier.position(), earlier.resultLength() + copy.resultLength())));
        return;
      }
    } else {
      expected += piece.resultLength();
    }
    items.add(new Item.Bytes(position, piece));
  }
}
