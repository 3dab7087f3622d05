// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import java.util.Optional;

/** What a tensor's elements are, numbered as in {@code TensorProto.DataType}. */
public enum ElementType {
  FLOAT(1, 32),
  UINT8(2, 8),
  INT8(3, 8),
  UINT16(4, 16),
  INT16(5, 16),
  INT32(6, 32),
  INT64(7, 64),
  /** UTF-8 texts of any length: the one type without a fixed width. */
  STRING(8, 0),
  BOOL(9, 8),
  FLOAT16(10, 16),
  DOUBLE(11, 64),
  UINT32(12, 32),
  UINT64(13, 64),
  COMPLEX64(14, 64),
  COMPLEX128(15, 128),
  BFLOAT16(16, 16),
  FLOAT8E4M3FN(17, 8),
  FLOAT8E4M3FNUZ(18, 8),
  FLOAT8E5M2(19, 8),
  FLOAT8E5M2FNUZ(20, 8),
  UINT4(21, 4),
  INT4(22, 4),
  FLOAT4E2M1(23, 4);

  private static final ElementType[] ALL = values();

  private final int number;
  private final int bits;

  ElementType(int number, int bits) {
    this.number = number;
    this.bits = bits;
  }

  /** The type with this number in {@code TensorProto.DataType}, if it is one we know. */
  public static Optional<ElementType> numbered(long number) {
    return number < 1 || number > ALL.length
        ? Optional.empty()
        : Optional.of(ALL[(int) number - 1]);
  }

  public int number() {
    return number;
  }

  /** Whether every element takes the same room. */
  public boolean hasFixedWidth() {
    return bits > 0;
  }

  /**
   * The bytes that {@code elements} of this type take; narrow types share bytes, two to each.
   *
   * @throws ArithmeticException when that is beyond a {@code long}
   * @throws IllegalStateException when the type has no fixed width
   */
  public long byteLength(long elements) {
    if (!hasFixedWidth()) {
      throw new IllegalStateException(this + " has no fixed width");
    }
    return bits >= 8 ? Math.multiplyExact(elements, bits / 8) : elements / 2 + elements % 2;
  }
}
