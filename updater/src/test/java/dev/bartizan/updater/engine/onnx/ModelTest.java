// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.RunRefusal;
import dev.bartizan.updater.engine.RunRefusal.Reason;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.engine.TensorSpec;
import dev.bartizan.updater.golden.Samples;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ModelTest {
  private static final Tensor ONE_ROW = Samples.floats(Shape.of(1, 4), 1, 2, 3, 4);

  @Test
  void theWeightsAreTheCallersToWipeOnceLoaded() throws Exception {
    ByteBuffer weights = Samples.weights("scale-2");
    try (Session model = Samples.RUNTIME.load(weights)) {
      for (int i = 0; i < weights.capacity(); i++) {
        weights.put(i, (byte) 0);
      }
      Map<String, Tensor> outputs = model.infer(Map.of("x", ONE_ROW), Set.of());
      assertArrayEquals(new float[] {2, 4, 6, 8}, Samples.floats(outputs, "y"));
    }
  }

  @Test
  void aModelSaysWhatItTakesAndGivesInItsOwnOrder() throws Exception {
    try (Session model = Samples.model("two-inputs")) {
      assertEquals(List.of("a", "b"), List.copyOf(model.inputs().keySet()));
      assertEquals(List.of("total", "least"), List.copyOf(model.outputs().keySet()));
      TensorSpec a = new TensorSpec("a", Datatype.FP32, List.of(-1L, 2L));
      assertEquals(a, model.inputs().get("a"));
    }
  }

  @Test
  void onlyWantedOutputsAreGiven() throws Exception {
    try (Session model = Samples.model("two-inputs")) {
      Map<String, Tensor> given =
          Map.of(
              "a", Samples.floats(Shape.of(2, 2), 1, 2, 3, 4),
              "b", Samples.floats(Shape.of(2), 10, -10));
      assertEquals(Set.of("least"), model.infer(given, Set.of("least")).keySet());
      assertArrayEquals(
          new float[] {-8, -6}, Samples.floats(model.infer(given, Set.of()), "least"));
    }
  }

  @Test
  void everyTypeComesOutAsItWentIn() throws Exception {
    try (Session model = Samples.model("every-type")) {
      Map<String, Tensor> given = new LinkedHashMap<>();
      for (TensorSpec input : model.inputs().values()) {
        given.put(input.name(), threeOf(input.datatype()));
      }
      Map<String, Tensor> outputs = model.infer(given, Set.of());
      given.forEach((name, tensor) -> assertEquals(tensor, outputs.get(name + "_out"), name));
    }
  }

  @Test
  void textsComeOutAsTheyWentIn() throws Exception {
    try (Session model = Samples.model("texts")) {
      Tensor words = new Tensor.Texts(Shape.of(3), List.of("Riß", "", "裂纹"));
      assertEquals(words, model.infer(Map.of("words", words), Set.of()).get("same"));
    }
  }

  // A text that the runtime's Java side would hand over as other bytes: a wrong answer, status 200.
  @Test
  void noCharacterIsAnotherToTheModelThanToTheClient() throws Exception {
    List<String> words = List.of("plain", "é", "😀", "x\0y", "𝒳😀z", "日本");
    try (Session model = Samples.model("labels")) {
      Tensor given = new Tensor.Texts(Shape.of(6), words);
      Map<String, Tensor> outputs = model.infer(Map.of("words", given), Set.of());
      assertEquals(Samples.longs(Shape.of(6), 1, 2, 3, 4, 5, 6), outputs.get("number"));
      assertEquals(given, outputs.get("again"));
    }
  }

  @Test
  void halfACharacterIsRefusedByName() throws Exception {
    try (Session model = Samples.model("labels")) {
      Tensor half = new Tensor.Texts(Shape.of(1), List.of("\ud83d"));
      RunRefusal refusal =
          assertThrows(RunRefusal.class, () -> model.infer(Map.of("words", half), Set.of()));
      assertEquals(Reason.MALFORMED, refusal.reason());
      assertTrue(String.valueOf(refusal.getMessage()).contains("'words'"));
    }
  }

  @Test
  void anEmptyBatchIsAnsweredEmpty() throws Exception {
    try (Session model = Samples.model("scale-1")) {
      Tensor none = Samples.floats(Shape.of(0, 4));
      assertEquals(none, model.infer(Map.of("x", none), Set.of()).get("y"));
    }
  }

  @Test
  void inputsThatAreNotTheModelsAreRefusedBeforeItRuns() throws Exception {
    try (Session model = Samples.model("scale-1")) {
      assertRefused(Reason.MISSING_INPUT, model, Map.of(), Set.of());
      assertRefused(Reason.UNKNOWN_INPUT, model, Map.of("x", ONE_ROW, "z", ONE_ROW), Set.of());
      assertRefused(Reason.UNKNOWN_OUTPUT, model, Map.of("x", ONE_ROW), Set.of("z"));
      assertRefused(
          Reason.WRONG_DATATYPE,
          model,
          Map.of("x", Samples.longs(Shape.of(1, 4), 1, 2, 3, 4)),
          Set.of());
      assertRefused(
          Reason.WRONG_SHAPE,
          model,
          Map.of("x", Samples.floats(Shape.of(4, 1), 1, 2, 3, 4)),
          Set.of());
      assertRefused(
          Reason.WRONG_SHAPE,
          model,
          Map.of("x", Samples.floats(Shape.of(4), 1, 2, 3, 4)),
          Set.of());
    }
  }

  @Test
  void aFailureWithinTheRuntimeIsTheModelsNotTheClients() throws Exception {
    try (Session model = Samples.model("picky")) {
      Tensor beyond = Samples.longs(Shape.of(1), 7);
      RunRefusal refusal =
          assertThrows(RunRefusal.class, () -> model.infer(Map.of("i", beyond), Set.of()));
      assertEquals(Reason.MODEL_FAILED, refusal.reason());
      assertFalse(String.valueOf(refusal.getMessage()).contains("\n"));
    }
  }

  @Test
  void bytesThatAreNoModelAreRefused() {
    ByteBuffer garbage = ByteBuffer.allocateDirect(100);
    ModelRefusal refusal = assertThrows(ModelRefusal.class, () -> Samples.RUNTIME.load(garbage));
    assertEquals("MODEL_UNLOADABLE", refusal.code());
  }

  @Test
  void aTruncatedModelIsRefused() {
    ByteBuffer weights = Samples.weights("work");
    weights.limit(weights.capacity() / 2);
    assertThrows(ModelRefusal.class, () -> Samples.RUNTIME.load(weights));
  }

  @Test
  void aModelWhoseInputNobodyCanHandInIsRefused() {
    assertThrows(ModelRefusal.class, () -> Samples.model("unsigned"));
  }

  private static Tensor threeOf(Datatype datatype) {
    int width = (int) datatype.byteLength(1);
    ByteBuffer content = ByteBuffer.allocate(3 * width);
    content.put(0, (byte) 1);
    return new Tensor.Numbers(datatype, Shape.of(3), content);
  }

  private static void assertRefused(
      Reason reason, Session model, Map<String, Tensor> inputs, Set<String> outputs) {
    RunRefusal refusal = assertThrows(RunRefusal.class, () -> model.infer(inputs, outputs));
    assertEquals(reason, refusal.reason());
  }
}
