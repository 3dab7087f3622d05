package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Model;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.golden.GoldenRefusal.Difference;
import dev.bartizan.updater.onnx.NamedTensor;
import dev.bartizan.updater.onnx.Tensor;
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

  void tryOn(Model model, Tolerance tolerance) throws GoldenRefusal {
    Map<String, Tensor> expected = named(outputs, model.outputs().keySet());
    Map<String, Tensor> found = infer(model, expected);
    for (Map.Entry<String, Tensor> output : expected.entrySet()) {
      Tensor given = Objects.requireNonNull(found.get(output.getKey())); // it was asked for
      compare(output.getKey(), output.getValue(), given, tolerance);
    }
  }

  private Map<String, Tensor> infer(Model model, Map<String, Tensor> expected)
      throws GoldenRefusal {
    try {
      return model.infer(named(inputs, model.inputs().keySet()), expected.keySet());
    } catch (RunRefusal refusal) {
      throw GoldenRefusal.notRun(name, refusal);
    }
  }

  private void compare(String output, Tensor expected, Tensor found, Tolerance tolerance)
      throws GoldenRefusal {
    String wanted = expected.type() + " " + expected.shape();
    String given = found.type() + " " + found.shape();
    if (!wanted.equals(given)) {
      throw GoldenRefusal.of(new Difference(name, output, -1, wanted, given));
    }
    Elements wantedElements = Elements.of(expected);
    Elements givenElements = Elements.of(found);
    for (int i = 0; i < wantedElements.count(); i++) {
      if (!wantedElements.matches(i, givenElements, tolerance)) {
        throw GoldenRefusal.of(
            new Difference(name, output, i, wantedElements.text(i), givenElements.text(i)));
      }
    }
  }

  private Map<String, Tensor> named(List<NamedTensor> tensors, Collection<String> declared)
      throws GoldenRefusal {
    Map<String, Tensor> named = new LinkedHashMap<>();
    Iterator<String> names = declared.iterator();
    for (NamedTensor tensor : tensors) {
      String place = names.hasNext() ? names.next() : "";
      String key = tensor.name().isEmpty() ? place : tensor.name();
      if (named.put(key, tensor.tensor()) != null) {
        throw GoldenRefusal.unreadable(name, "'" + key + "' is there twice", null);
      }
    }
    return named;
  }
}
