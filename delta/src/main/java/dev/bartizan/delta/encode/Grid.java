// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.NumberFormat;
import dev.bartizan.delta.tensor.ElementType;
import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.Shape;

/**
 * A tensor as rows and columns: the outermost dimension of any size makes the rows. One of a single
 * dimension, or whose rows are too long to be worked on one at a time, is cut into rows of a fixed
 * length.
 *
 * @param position of its first element in the file
 * @param elements may be fewer than rows times columns: the last row of a cut one is shorter
 */
record Grid(NumberFormat format, long position, long rows, int columns, long elements) {
  private static final int CUT = 4096;
  private static final int ROW_BYTES_MAX = 512 << 10;

  static Grid of(LocatedTensor tensor) {
    NumberFormat format = format(tensor.type());
    long elements = tensor.length() / format.width();
    long rows = rows(tensor.shape());
    long columns = rows == 0 ? 0 : elements / rows;
    if (columns * rows != elements
        || columns * format.width() > ROW_BYTES_MAX
        || (rows == 1 && columns > CUT)) {
      return new Grid(format, tensor.offset(), (elements + CUT - 1) / CUT, CUT, elements);
    }
    return new Grid(format, tensor.offset(), rows, (int) columns, elements);
  }

  /** Some bytes of it, cut anywhere between two elements. */
  Grid part(long from, long length) {
    long some = length / format.width();
    int row = (int) Math.min(some, Math.min(columns, CUT));
    return new Grid(format, from, (some + row - 1) / row, row, some);
  }

  /** The outermost dimension; where that is one or two (directions of a GRU), the next one too. */
  private static long rows(Shape shape) {
    long rows = 1;
    for (int i = 0; i < shape.rank() - 1 && rows <= 2; i++) {
      rows *= shape.dimensions().get(i);
    }
    return rows;
  }

  /** Whether the rows are only a way to cut it. */
  boolean isCut() {
    return rows * columns != elements || columns == CUT;
  }

  private static NumberFormat format(ElementType type) {
    return switch (type) {
      case FLOAT, COMPLEX64 -> NumberFormat.F32;
      case FLOAT16 -> NumberFormat.F16;
      case BFLOAT16 -> NumberFormat.BF16;
      case DOUBLE, COMPLEX128 -> NumberFormat.F64;
      case INT8 -> NumberFormat.S8;
      case INT16 -> NumberFormat.S16;
      case UINT16 -> NumberFormat.U16;
      case INT32 -> NumberFormat.S32;
      case UINT32 -> NumberFormat.U32;
      case INT64 -> NumberFormat.S64;
      case UINT64 -> NumberFormat.U64;
      case UINT8,
          BOOL,
          STRING,
          FLOAT8E4M3FN,
          FLOAT8E4M3FNUZ,
          FLOAT8E5M2,
          FLOAT8E5M2FNUZ,
          UINT4,
          INT4,
          FLOAT4E2M1 ->
          NumberFormat.U8;
    };
  }
}
