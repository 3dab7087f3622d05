// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a version of a model must answer on the device's own runtime before it may serve.
 *
 * @param sets none for a release without golden vectors
 */
public record GoldenVectors(List<GoldenSet> sets, Tolerance tolerance) {
  /** Trying a model takes time while nothing is served; more vectors belong in a test suite. */
  public static final int MAX_FILES = 1000;

  private static final Pattern FILE =
      Pattern.compile("(test_data_set_\\d{1,4})/(input|output)_(\\d{1,3})\\.pb");

  public GoldenVectors {
    sets = List.copyOf(sets);
  }

  /**
   * Reads sets in ONNX's own layout for test data.
   *
   * @param files by relative path: {@code test_data_set_0/input_0.pb}, {@code output_0.pb}, …
   * @throws GoldenRefusal when a file has another name, is no tensor, or one is missing
   */
  public static GoldenVectors read(Map<String, Bytes> files, Tolerance tolerance)
      throws GoldenRefusal {
    if (files.size() > MAX_FILES) {
      throw GoldenRefusal.unreadable("files", "more than " + MAX_FILES, null);
    }
    TreeSet<String> names = new TreeSet<>();
    for (String file : files.keySet()) {
      names.add(setOf(file));
    }
    List<GoldenSet> sets = new ArrayList<>();
    for (String name : names) {
      sets.add(new GoldenSet(name, tensors(name, "input", files), tensors(name, "output", files)));
    }
    return new GoldenVectors(sets, tolerance);
  }

  /**
   * Runs every set on {@code model}, which also warms it. The model stays the caller's to close
   * when this refuses.
   *
   * @throws GoldenRefusal naming the first output that is not as expected
   */
  public ProvenModel prove(Session model) throws GoldenRefusal {
    List<Map<String, Tensor>> inputs = new ArrayList<>();
    for (GoldenSet set : sets) {
      set.tryOn(model, tolerance);
      inputs.add(set.inputsFor(model));
    }
    return new ProvenModel(model, inputs);
  }

  /**
   * Runs every set on {@code model} and says how far its numbers are from the expected ones,
   * whatever the tolerance.
   *
   * @throws GoldenRefusal when a set does not fit the model, or differs where no tolerance helps
   */
  public Deviation measure(Session model) throws GoldenRefusal {
    Deviation.Measurement measured = new Deviation.Measurement(tolerance);
    for (GoldenSet set : sets) {
      set.measureOn(model, measured);
    }
    return measured.result();
  }

  private static String setOf(String file) throws GoldenRefusal {
    Matcher matcher = FILE.matcher(file);
    if (!matcher.matches()) {
      throw GoldenRefusal.unreadable(file, "not named as ONNX names test data", null);
    }
    return matcher.group(1);
  }

  /** Every file of a kind, in order: there are as many as the highest number says. */
  private static List<NamedTensor> tensors(String set, String kind, Map<String, Bytes> files)
      throws GoldenRefusal {
    TreeMap<Integer, String> numbered = new TreeMap<>();
    for (String file : files.keySet()) {
      Matcher matcher = FILE.matcher(file);
      if (matcher.matches() && matcher.group(1).equals(set) && matcher.group(2).equals(kind)) {
        numbered.put(Integer.parseInt(matcher.group(3)), file);
      }
    }
    if (numbered.isEmpty() || numbered.lastKey() != numbered.size() - 1) {
      throw GoldenRefusal.unreadable(set, "an " + kind + " is missing", null);
    }
    List<NamedTensor> tensors = new ArrayList<>();
    for (String file : numbered.values()) {
      tensors.add(tensor(file, files.get(file)));
    }
    return tensors;
  }

  private static NamedTensor tensor(String file, @Nullable Bytes content) throws GoldenRefusal {
    try {
      return TensorFile.read(content == null ? Bytes.empty() : content);
    } catch (OnnxRefusal refusal) {
      throw GoldenRefusal.unreadable(file, String.valueOf(refusal.getMessage()), refusal);
    }
  }
}
