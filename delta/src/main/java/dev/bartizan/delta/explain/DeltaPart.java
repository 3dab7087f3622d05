// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.explain;

import dev.bartizan.delta.decode.DeltaReader.Verified;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.format.TensorPiece;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * A stretch of the result, how it is made and what that takes.
 *
 * @param position in the result
 * @param length bytes of the result
 * @param choice what the encoder found cheapest
 * @param cost bytes of the delta
 * @param name of the tensor of the base that it is made from; empty where there is none or it is
 *     not known
 */
public record DeltaPart(long position, long length, String choice, long cost, String name) {
  private static final String COPY = "copy";

  static List<DeltaPart> of(Verified section, TensorNames names) {
    List<DeltaPart> parts = new ArrayList<>();
    long position = section.section().position();
    long literals = section.plan().literalsLength();
    long changed = section.plan().changedLength();
    for (Piece piece : section.plan().pieces()) {
      long length = piece.resultLength();
      if (piece instanceof TensorPiece tensor) {
        String name = tensor.hasBase() ? names.at(tensor.base().position()) : "";
        parts.add(new DeltaPart(position, length, choice(tensor), tensor.cost(), name));
      } else if (piece instanceof Piece.Copy copy) {
        parts.add(new DeltaPart(position, length, COPY, 0, names.at(copy.position())));
      } else if (piece instanceof Piece.Shifted) {
        long cost = length * section.plan().changesCost() / changed;
        parts.add(new DeltaPart(position, length, "bytes, changed", cost, ""));
      } else {
        long cost = length * section.plan().literalsCost() / literals;
        parts.add(new DeltaPart(position, length, "bytes", cost, ""));
      }
      position += length;
    }
    return parts;
  }

  /** Copies that follow one another as one. */
  static List<DeltaPart> joined(List<DeltaPart> parts) {
    List<DeltaPart> joined = new ArrayList<>();
    for (DeltaPart part : parts) {
      int last = joined.size() - 1;
      if (last >= 0 && part.choice.equals(COPY) && joined.get(last).choice.equals(COPY)) {
        DeltaPart before = joined.get(last);
        joined.set(last, new DeltaPart(before.position, before.length + part.length, COPY, 0, ""));
      } else {
        joined.add(part);
      }
    }
    return joined;
  }

  /** What it is, in a few words. */
  String title() {
    return name.isEmpty() ? choice : choice + "  " + name;
  }

  private static String choice(TensorPiece piece) {
    List<String> words = new ArrayList<>();
    words.add(piece.format().name().toLowerCase(Locale.ROOT));
    words.add(piece.rows() + "x" + piece.columns());
    words.add(prediction(piece));
    if (piece.rank() > 0) {
      words.add("rank " + piece.rank());
    }
    if (piece.has(TensorPiece.ROW_SIZES)) {
      words.add(piece.has(TensorPiece.COLUMN_SIZES) ? "by row and column" : "by row");
    }
    if (piece.has(TensorPiece.TREND)) {
      words.add("by trend");
    }
    if (piece.has(TensorPiece.ZEROS)) {
      words.add("zeros");
    }
    if (piece.has(TensorPiece.QUIET)) {
      words.add("in groups");
    }
    if (piece.has(TensorPiece.BYTES)) {
      words.add(piece.has(TensorPiece.NOISE) ? "byte by byte, noise" : "byte by byte");
    }
    return String.join(" ", words);
  }

  private static String prediction(TensorPiece piece) {
    if (!piece.hasBase()) {
      return "alone";
    }
    if (piece.base().format() != piece.format()) {
      return "from " + piece.base().format().name().toLowerCase(Locale.ROOT);
    }
    if (piece.has(TensorPiece.ROW_FACTORS) || piece.has(TensorPiece.COLUMN_FACTORS)) {
      return "scaled";
    }
    return piece.base().rowStride() == 1 && piece.base().columnStride() != 1
        ? "transposed"
        : "moved";
  }
}
