// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Tensor data types as the Open Inference Protocol names them; {@code BF16} is Triton's addition.
 */
public enum Datatype {
  BOOL(1),
  UINT8(1),
  UINT16(2),
  UINT32(4),
  UINT64(8),
  INT8(1),
  INT16(2),
  INT32(4),
  INT64(8),
  FP16(2),
  FP32(4),
  FP64(8),
  BF16(2),
  /** Texts: the runtime knows strings, not arbitrary bytes. The one without a fixed width. */
  BYTES(0);

  private static final Map<String, Datatype> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, t -> t));

  private final int width;

  Datatype(int width) {
    this.width = width;
  }

  /** The data type the protocol calls {@code name}. */
  public static Optional<Datatype> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** Whether every element takes the same room. */
  public boolean hasFixedWidth() {
    return width > 0;
  }

  /**
   * The bytes that {@code elements} of this type take.
   *
   * @throws ArithmeticException when that is beyond a {@code long}
   * @throws IllegalStateException when the type has no fixed width
   */
  public long byteLength(long elements) {
    if (!hasFixedWidth()) {
      throw new IllegalStateException(this + " has no fixed width");
    }
    return Math.multiplyExact(elements, width);
  }
}
