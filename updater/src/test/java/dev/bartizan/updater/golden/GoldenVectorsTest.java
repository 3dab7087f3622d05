// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.GoldenRefusal.Difference;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GoldenVectorsTest {
  private static final Shape ROW = Shape.of(1, 4);

  @Test
  void aGoodModelIsProvenAndSaysByHowMuch() throws Exception {
    assertEquals(1, Samples.scale(2).sets());
    assertEquals(0, Samples.untried("scale-2").sets());
  }

  @Test
  void aModelThatLoadsButAnswersWronglyIsRefusedWithThePlace() throws Exception {
    GoldenVectors vectors = expecting(1, 2, 3, 4.5f);
    GoldenRefusal refusal = refusal(vectors, "scale-1");
    assertEquals("GOLDEN_MISMATCH", refusal.code());
    assertEquals(
        new Difference("test_data_set_0", "y", 3, "4.5", "4.0"),
        refusal.difference().orElseThrow());
    assertEquals("test_data_set_0: output 'y'[3] should be 4.5 and is 4.0", refusal.getMessage());
  }

  @Test
  void nanIsNeverAsExpectedNotEvenWhenExpected() throws Exception {
    assertEquals("GOLDEN_MISMATCH", refusal(expecting(1, 2, 3, Float.NaN), "scale-1").code());
    GoldenVectors nanIn =
        vectors(Samples.floats(ROW, Float.NaN, 2, 3, 4), Samples.floats(ROW, Float.NaN, 2, 3, 4));
    assertEquals("GOLDEN_MISMATCH", refusal(nanIn, "scale-1").code());
  }

  @Test
  void infinityIsOnlyCloseToItself() {
    Tolerance wide = new Tolerance(0.5, 0.5);
    double infinity = Double.POSITIVE_INFINITY;
    assertTrue(wide.admits(infinity, infinity));
    assertFalse(wide.admits(infinity, -infinity));
    assertFalse(wide.admits(infinity, 1e300));
    assertFalse(wide.admits(1, infinity));
  }

  @Test
  void theToleranceHoldsAtItsLimitAndNotBeyond() {
    Tolerance tolerance = new Tolerance(0.25, 0.5);
    assertTrue(tolerance.admits(4, 5.5));
    assertFalse(tolerance.admits(4, Math.nextUp(5.5)));
    assertTrue(tolerance.admits(-4, -5.5));
    assertThrows(IllegalArgumentException.class, () -> new Tolerance(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Tolerance(0, Double.NaN));
  }

  @Test
  void anotherShapeOrTypeIsADifferenceAsAWhole() throws Exception {
    GoldenVectors shape =
        vectors(Samples.floats(ROW, 1, 2, 3, 4), Samples.floats(Shape.of(4), 1, 2, 3, 4));
    assertEquals(-1, refusal(shape, "scale-1").difference().orElseThrow().index());
    GoldenVectors type = vectors(Samples.floats(ROW, 1, 2, 3, 4), Samples.longs(ROW, 1, 2, 3, 4));
    assertEquals("INT64 [1, 4]", refusal(type, "scale-1").difference().orElseThrow().expected());
  }

  @Test
  void aModelThatDoesNotTakeTheVectorsIsRefused() throws Exception {
    assertEquals("GOLDEN_UNUSABLE", refusal(expecting(1, 2, 3, 4), "picky").code());
  }

  @Test
  void setsAreReadFromOnnxTestDataFiles() throws Exception {
    GoldenVectors vectors = GoldenVectors.read(files(), Tolerance.ONNX);
    assertEquals(2, vectors.sets().size());
    try (Session model = Samples.model("scale-1")) {
      assertEquals(2, vectors.prove(model).sets());
    }
  }

  @Test
  void filesWithOtherNamesMissingOrBrokenAreRefused() throws Exception {
    assertUnusable(with("../escape.pb", Bytes.empty()));
    assertUnusable(with("test_data_set_0/input_2.pb", tensorProto(1, 2, 3, 4)));
    assertUnusable(with("test_data_set_0/input_0.pb", Bytes.ofHex("ff")));
    Map<String, Bytes> noOutput = files();
    noOutput.remove("test_data_set_1/output_0.pb");
    assertUnusable(noOutput);
  }

  private static void assertUnusable(Map<String, Bytes> files) {
    GoldenRefusal refusal =
        assertThrows(GoldenRefusal.class, () -> GoldenVectors.read(files, Tolerance.ONNX));
    assertEquals("GOLDEN_UNUSABLE", refusal.code());
  }

  private static GoldenRefusal refusal(GoldenVectors vectors, String model) throws Exception {
    try (Session tried = Samples.model(model)) {
      return assertThrows(GoldenRefusal.class, () -> vectors.prove(tried));
    }
  }

  private static GoldenVectors expecting(float... expected) {
    return vectors(Samples.floats(ROW, 1, 2, 3, 4), Samples.floats(ROW, expected));
  }

  private static GoldenVectors vectors(Tensor given, Tensor expected) {
    GoldenSet set =
        new GoldenSet(
            "test_data_set_0",
            List.of(new NamedTensor("", given)),
            List.of(new NamedTensor("y", expected)));
    return new GoldenVectors(List.of(set), Tolerance.ONNX);
  }

  private static Map<String, Bytes> with(String name, Bytes content) {
    Map<String, Bytes> files = files();
    files.put(name, content);
    return files;
  }

  private static Map<String, Bytes> files() {
    Map<String, Bytes> files = new TreeMap<>();
    for (int set = 0; set < 2; set++) {
      Bytes row = tensorProto(set, 0.5f, -1, 3);
      files.put("test_data_set_" + set + "/input_0.pb", row);
      files.put("test_data_set_" + set + "/output_0.pb", row);
    }
    return files;
  }

  /** dims 1 and 4, data_type FLOAT, raw_data of 16 bytes, no name. */
  private static Bytes tensorProto(float... row) {
    ByteBuffer file = ByteBuffer.allocate(24).order(ByteOrder.LITTLE_ENDIAN);
    file.put(new byte[] {0x08, 1, 0x08, 4, 0x10, 1, 0x4a, 16});
    for (float value : row) {
      file.putFloat(value);
    }
    return Bytes.of(file.array());
  }
}
