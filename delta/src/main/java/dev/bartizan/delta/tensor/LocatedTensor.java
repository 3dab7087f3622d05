// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

/**
 * A tensor whose elements lie in a row somewhere in a file, little-endian.
 *
 * @param name empty when the file gives none
 * @param file where the elements lie: empty for the described file itself, else the {@code
 *     location} of an external data file, relative to the model
 * @param offset of the first element, in bytes from the start of {@code file}
 * @param length bytes: exactly what type and shape need
 */
public record LocatedTensor(
    String name, ElementType type, Shape shape, String file, long offset, long length) {
  public LocatedTensor {
    if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
      throw new IllegalArgumentException("a tensor at " + offset + " of " + length + " bytes");
    }
    if (!type.hasFixedWidth() || length != type.byteLength(shape.elements())) {
      throw new IllegalArgumentException(length + " bytes are not " + type + " in shape " + shape);
    }
  }

  /** The first byte after its last element. */
  public long end() {
    return offset + length;
  }
}
