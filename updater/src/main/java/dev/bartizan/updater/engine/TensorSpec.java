// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine;

import dev.bartizan.updater.engine.RunRefusal.Reason;
import java.util.List;

/**
 * What a model takes or gives under one name.
 *
 * @param dimensions outermost first; -1 where the model takes any size
 */
public record TensorSpec(String name, Datatype datatype, List<Long> dimensions) {
  public TensorSpec {
    dimensions = List.copyOf(dimensions);
  }

  /** The one of that name. */
  public static TensorSpec of(List<TensorSpec> specs, String name) throws RunRefusal {
    return specs.stream()
        .filter(spec -> spec.name().equals(name))
        .findFirst()
        .orElseThrow(
            () -> new RunRefusal(Reason.UNKNOWN_INPUT, "there is no input '" + name + "'"));
  }

  /** Refuses a tensor that is not of this type and shape. */
  public void accept(Tensor tensor) throws RunRefusal {
    accept(tensor.type(), tensor.shape());
  }

  /** The same, before there are any values. */
  public void accept(Datatype type, Shape shape) throws RunRefusal {
    if (type != datatype) {
      throw new RunRefusal(
          Reason.WRONG_DATATYPE, "'" + name + "' is " + datatype + ", not " + type);
    }
    if (!admits(shape)) {
      throw new RunRefusal(
          Reason.WRONG_SHAPE, "'" + name + "' has shape " + dimensions + ", not " + shape);
    }
  }

  private boolean admits(Shape shape) {
    boolean admitted = shape.rank() == dimensions.size();
    for (int i = 0; admitted && i < dimensions.size(); i++) {
      long wanted = dimensions.get(i);
      admitted = wanted < 0 || wanted == shape.dimensions().get(i);
    }
    return admitted;
  }
}
