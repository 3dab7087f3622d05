// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.GoldenRefusal.Difference;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Inputs, and the outputs a good model gives for them.
 *
 * <p>A tensor without a name stands for the model's input or output at the same place.
 *
 * @param name {@code test_data_set_N}
 */
public record GoldenSet(String name, List<NamedTensor> inputs, List<NamedTensor> outputs) {
  public GoldenSet {
    inputs = List.copyOf(inputs);
    outputs = List.copyOf(outputs);
  }

  /** Insists that every output is within {@code tolerance} of what it should be. */
  void tryOn(Session model, Tolerance tolerance) throws GoldenRefusal {
    forEachOutput(
        model,
        (output, expected, found) -> {
          for (int i = 0; i < expected.count(); i++) {
            if (!expected.matches(i, found, tolerance)) {
              throw differs(output, i, expected, found);
            }
          }
        });
  }

  /**
   * Notes how far each number is from the expected one.
   *
   * @throws GoldenRefusal when the set is none of this model, or something differs that no
   *     tolerance is for
   */
  void measureOn(Session model, Deviation.Measurement measured) throws GoldenRefusal {
    forEachOutput(
        model,
        (output, expected, found) -> {
          for (int i = 0; i < expected.count(); i++) {
            String place = name + ": output '" + output + "'[" + i + "]";
            if (!expected.measure(i, found, place, measured)) {
              throw differs(output, i, expected, found);
            }
          }
        });
  }

  /** Takes what one output should be and what it is, of the same type and shape. */
  @FunctionalInterface
  private interface Comparison {
    void compare(String output, Elements expected, Elements found) throws GoldenRefusal;
  }

  private void forEachOutput(Session model, Comparison comparison) throws GoldenRefusal {
    Map<String, Tensor> given = named("input", inputs, model.inputs().keySet());
    Map<String, Tensor> expected = named("output", outputs, model.outputs().keySet());
    Map<String, Tensor> found = infer(model, given, expected);
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      Tensor wanted = output.getValue();
      Tensor answer = Objects.requireNonNull(found.get(output.getKey())); // it was asked for
      requireAlike(output.getKey(), wanted, answer);
      comparison.compare(output.getKey(), Elements.of(wanted), Elements.of(answer));
    }
  }

  /** What the set hands in, by the names of {@code model}. */
  Map<String, Tensor> inputsFor(Session model) throws GoldenRefusal {
    return named("input", inputs, model.inputs().keySet());
  }

  private Map<String, Tensor> infer(
      Session model, Map<String, Tensor> given, Map<String, Tensor> expected) throws GoldenRefusal {
    try {
      return model.infer(given, expected.keySet());
    } catch (RunRefusal refusal) {
      throw GoldenRefusal.notRun(name, refusal);
    }
  }

  private void requireAlike(String output, Tensor expected, Tensor found) throws GoldenRefusal {
    String wanted = expected.type() + " " + expected.shape();
    String given = found.type() + " " + found.shape();
    if (!wanted.equals(given)) {
      throw GoldenRefusal.of(new Difference(name, output, -1, wanted, given));
    }
  }

  private GoldenRefusal differs(String output, int index, Elements expected, Elements found) {
    return GoldenRefusal.of(
        new Difference(name, output, index, expected.text(index), found.text(index)));
  }

  /** The tensors by the model's names for them. */
  private Map<String, Tensor> named(
      String kind, List<NamedTensor> tensors, Collection<String> declared) throws GoldenRefusal {
    Map<String, Tensor> named = new LinkedHashMap<>();
    Iterator<String> names = declared.iterator();
    for (int i = 0; i < tensors.size(); i++) {
      NamedTensor tensor = tensors.get(i);
      String file = name + "/" + kind + "_" + i + ".pb";
      String place = names.hasNext() ? names.next() : "";
      String key = tensor.name().isEmpty() ? place : tensor.name();
      if (!declared.contains(key)) {
        String wanted = key.isEmpty() ? "so many " + kind + "s" : kind + " '" + key + "'";
        throw GoldenRefusal.unreadable(
            file, "the model has no " + wanted + "; it has " + declared, null);
      }
      if (named.put(key, tensor.tensor()) != null) {
        throw GoldenRefusal.unreadable(file, "'" + key + "' is there twice", null);
      }
    }
    return named;
  }
}
