// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/** What a model is given or gives: a tensor in memory, row-major. */
public sealed interface Tensor {
  Datatype type();

  Shape shape();

  /**
   * Elements of fixed width.
   *
   * @param content little-endian, without padding, exactly as long as type and shape say; the
   *     tensor keeps a view, so whoever hands it over leaves it alone while the tensor lives
   */
  record Numbers(Datatype type, Shape shape, ByteBuffer content) implements Tensor {
    public Numbers {
      content = content.slice().asReadOnlyBuffer();
      if (content.remaining() != type.byteLength(shape.elements())) {
        throw new IllegalArgumentException(
            content.remaining() + " bytes are not " + type + " in shape " + shape);
      }
    }

    /** A fresh read-only view, little-endian, direct if the tensor was made from direct memory. */
    @Override
    public ByteBuffer content() {
      return content.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    }
  }

  /**
   * Elements of type {@link Datatype#BYTES}.
   *
   * @param elements as many as the shape says
   */
  record Texts(Shape shape, List<String> elements) implements Tensor {
    public Texts {
      elements = List.copyOf(elements);
      if (elements.size() != shape.elements()) {
        throw new IllegalArgumentException(elements.size() + " texts do not fill shape " + shape);
      }
    }

    @Override
    public Datatype type() {
      return Datatype.BYTES;
    }
  }
}
