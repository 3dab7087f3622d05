// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import dev.bartizan.delta.tensor.ElementType;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tensor data types as the Open Inference Protocol names them; {@code BF16} is Triton's addition.
 */
public enum Datatype {
  BOOL(ElementType.BOOL),
  UINT8(ElementType.UINT8),
  UINT16(ElementType.UINT16),
  UINT32(ElementType.UINT32),
  UINT64(ElementType.UINT64),
  INT8(ElementType.INT8),
  INT16(ElementType.INT16),
  INT32(ElementType.INT32),
  INT64(ElementType.INT64),
  FP16(ElementType.FLOAT16),
  FP32(ElementType.FLOAT),
  FP64(ElementType.DOUBLE),
  BF16(ElementType.BFLOAT16),
  /** Texts: the runtime knows strings, not arbitrary bytes. */
  BYTES(ElementType.STRING);

  private static final Map<String, Datatype> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toUnmodifiableMap(Enum::name, t -> t));
  private static final Map<ElementType, Datatype> BY_ELEMENT = byElement();

  private final ElementType element;

  Datatype(ElementType element) {
    this.element = element;
  }

  /** The data type the protocol calls {@code name}. */
  public static Optional<Datatype> named(String name) {
    return Optional.ofNullable(BY_NAME.get(name));
  }

  /** The protocol's name for an ONNX type, if it has one. */
  public static Optional<Datatype> of(ElementType element) {
    return Optional.ofNullable(BY_ELEMENT.get(element));
  }

  public ElementType element() {
    return element;
  }

  private static Map<ElementType, Datatype> byElement() {
    return Collections.unmodifiableMap(
        Arrays.stream(values())
            .collect(
                Collectors.toMap(
                    Datatype::element,
                    Function.identity(),
                    (one, other) -> one,
                    () -> new EnumMap<>(ElementType.class))));
  }
}
