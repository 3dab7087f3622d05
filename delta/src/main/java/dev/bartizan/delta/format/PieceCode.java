// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.delta.format.TensorPiece.View;
import java.io.ByteArrayOutputStream;
import java.util.List;

/**
 * The pieces of a section as numbers; docs/wire-formats.md has the table.
 *
 * <p>Positions in the base are said relative to where the piece before ended there, since that is
 * where the next one mostly starts.
 */
public final class PieceCode {
  private static final int LITERAL = 0;
  private static final int COPY = 1;
  private static final int SHIFTED = 2;
  private static final int TENSOR = 3;

  private static final int HAS_BASE = 1;
  private static final int OTHER_FORMAT = 2;
  private static final int STRIDED = 4;
  private static final int PARTLY = 8;
  private static final int RANKED = 16;

  private long expected;

  /** The plan of a section: stretches of the base for the literals to refer to, and the pieces. */
  public static byte[] plan(List<Piece.Copy> prefix, List<Piece> pieces) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Numbers.write(out, prefix.size());
    PieceCode positions = new PieceCode();
    for (Piece.Copy stretch : prefix) {
      positions.writePosition(stretch.position(), stretch.resultLength(), out);
      Numbers.write(out, stretch.resultLength());
    }
    PieceCode code = new PieceCode();
    for (Piece piece : pieces) {
      code.write(piece, out);
    }
    return out.toByteArray();
  }

  private void write(Piece piece, ByteArrayOutputStream out) {
    if (piece instanceof Piece.Literal literal) {
      Numbers.write(out, LITERAL);
      Numbers.write(out, literal.resultLength());
    } else if (piece instanceof Piece.Copy copy) {
      Numbers.write(out, COPY);
      writePosition(copy.position(), copy.resultLength(), out);
      Numbers.write(out, copy.resultLength());
    } else if (piece instanceof Piece.Shifted shifted) {
      Numbers.write(out, SHIFTED);
      writePosition(shifted.position(), shifted.resultLength(), out);
      Numbers.write(out, shifted.resultLength());
    } else if (piece instanceof TensorPiece tensor) {
      Numbers.write(out, TENSOR);
      write(tensor, out);
    }
  }

  private void write(TensorPiece piece, ByteArrayOutputStream out) {
    View base = piece.base();
    boolean strided = base.rowStride() != base.columns() || base.columnStride() != 1;
    int layout =
        piece.hasBase()
            ? HAS_BASE
                | (base.format() == piece.format() ? 0 : OTHER_FORMAT)
                | (strided ? STRIDED : 0)
                | (base.columns() == piece.columns() ? 0 : PARTLY)
                | (piece.rank() == 0 ? 0 : RANKED)
            : 0;
    out.write(piece.format().code());
    out.write(layout);
    Numbers.write(out, piece.flags());
    Numbers.write(out, piece.cost());
    Numbers.write(out, piece.rows());
    Numbers.write(out, piece.columns());
    if (piece.hasBase()) {
      if ((layout & OTHER_FORMAT) != 0) {
        out.write(base.format().code());
      }
      if ((layout & PARTLY) != 0) {
        Numbers.write(out, base.columns());
      }
      if (strided) {
        Numbers.write(out, base.rowStride());
        Numbers.write(out, base.columnStride());
      }
      if (piece.rank() > 0) {
        Numbers.write(out, piece.rank());
      }
      writePosition(base.position(), piece.baseBytes(), out);
    }
  }

  public Piece read(Numbers in) throws DeltaRefusal {
    long kind = in.next();
    if (kind == LITERAL) {
      return new Piece.Literal(length(in));
    }
    if (kind == COPY || kind == SHIFTED) {
      long position = expected + in.signed();
      long length = length(in);
      expected = position + length;
      return kind == COPY ? new Piece.Copy(position, length) : new Piece.Shifted(position, length);
    }
    if (kind == TENSOR) {
      return tensor(in);
    }
    throw Numbers.malformed("there is no piece of kind " + kind);
  }

  private static long length(Numbers in) throws DeltaRefusal {
    long length = in.next();
    if (length < 1 || length > DeltaFormat.FILE_LENGTH_MAX) {
      throw Numbers.malformed("a piece of " + length + " bytes");
    }
    return length;
  }

  private TensorPiece tensor(Numbers in) throws DeltaRefusal {
    NumberFormat format = format(in);
    int layout = in.next(31, "layout");
    int flags = in.next(TensorPiece.ALL_FLAGS, "flags");
    int cost = in.next(DeltaFormat.SECTION_PAYLOAD_MAX, "cost");
    int rows = positive(in, DeltaFormat.SECTION_CODED_MAX, "rows");
    int columns = positive(in, TensorPiece.COLUMNS_MAX, "columns");
    if ((layout & HAS_BASE) == 0) {
      if (layout != 0) {
        throw Numbers.malformed("a base that is none");
      }
      TensorPiece alone = new TensorPiece(format, rows, columns, View.NONE, flags, 0, cost);
      requireFlagsThatFit(alone);
      return alone;
    }
    NumberFormat from = (layout & OTHER_FORMAT) == 0 ? format : format(in);
    int covered = (layout & PARTLY) == 0 ? columns : positive(in, columns, "columns of the base");
    long rowStride = (layout & STRIDED) == 0 ? covered : stride(in);
    long columnStride = (layout & STRIDED) == 0 ? 1 : stride(in);
    int rank = (layout & RANKED) == 0 ? 0 : in.next(TensorPiece.RANK_MAX, "rank");
    long position = expected + in.signed();
    View base = new View(from, position, rowStride, columnStride, covered);
    TensorPiece piece = new TensorPiece(format, rows, columns, base, flags, rank, cost);
    expected = position + piece.baseBytes();
    requireFlagsThatFit(piece);
    return piece;
  }

  private static void requireFlagsThatFit(TensorPiece piece) throws DeltaRefusal {
    boolean canHaveTrend =
        TensorPiece.canHaveTrend(piece.format()) && !piece.has(TensorPiece.ZEROS);
    if (piece.has(TensorPiece.TREND) && !canHaveTrend) {
      throw Numbers.malformed("a trend of numbers that have none");
    }
    if (piece.has(TensorPiece.QUIET) && !piece.canBeQuiet()) {
      throw Numbers.malformed("quiet numbers among zeros or in a trend");
    }
    boolean canBeBytes =
        (piece.flags() & ~(TensorPiece.NOISE | TensorPiece.QUIET)) == TensorPiece.BYTES
            && piece.rank() == 0
            && TensorPiece.canBeBytes(piece.format(), piece.columns(), piece.base());
    if (piece.has(TensorPiece.BYTES | TensorPiece.NOISE) && !canBeBytes) {
      throw Numbers.malformed("numbers that cannot be coded as bytes");
    }
  }

  private static NumberFormat format(Numbers in) throws DeltaRefusal {
    int code = in.next(Byte.MAX_VALUE, "format");
    return NumberFormat.ofCode(code)
        .orElseThrow(() -> Numbers.malformed("there is no number format " + code));
  }

  private static int positive(Numbers in, int limit, String what) throws DeltaRefusal {
    int value = in.next(limit, what);
    if (value == 0) {
      throw Numbers.malformed("no " + what);
    }
    return value;
  }

  private static long stride(Numbers in) throws DeltaRefusal {
    long stride = in.next();
    if (stride > DeltaFormat.FILE_LENGTH_MAX) {
      throw Numbers.malformed("a stride beyond any file");
    }
    return stride;
  }

  private void writePosition(long position, long length, ByteArrayOutputStream out) {
    Numbers.writeSigned(out, position - expected);
    expected = position + length;
  }
}
