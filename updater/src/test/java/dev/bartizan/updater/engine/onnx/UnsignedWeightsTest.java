// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.engine.onnx;

import static dev.bartizan.updater.golden.TinyModel.message;
import static dev.bartizan.updater.golden.TinyModel.node;
import static dev.bartizan.updater.golden.TinyModel.number;
import static dev.bartizan.updater.golden.TinyModel.outside;
import static dev.bartizan.updater.golden.TinyModel.row;
import static dev.bartizan.updater.golden.TinyModel.tensor;
import static dev.bartizan.updater.golden.TinyModel.text;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.updater.engine.ModelRefusal;
import dev.bartizan.updater.engine.Session;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import dev.bartizan.updater.golden.Samples;
import dev.bartizan.updater.golden.TinyModel;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

// Attack: the signed model says that its weights are in another file, which nobody signed.
class UnsignedWeightsTest {
  private static final Tensor ONE_ROW = Samples.floats(Shape.of(1, 4), 1, 2, 3, 4);
  private static final byte[] INSIDE = tensor("w", message(9, row(1, 1, 1, 1)));
  private static final byte[] OUTSIDE = outside("w", "w.bin", 0);

  @Test
  void aModelThatIsAllThereIsLoaded() throws Exception {
    try (Session model = load(TinyModel.adding(1, 1, 1, 1))) {
      Map<String, Tensor> outputs = model.infer(Map.of("x", ONE_ROW), Set.of());
      assertArrayEquals(new float[] {2, 3, 4, 5}, Samples.floats(outputs, "y"));
    }
  }

  @Test
  void anInitialiserInAnotherFileIsRefusedByName() {
    ModelRefusal refusal =
        assertThrows(ModelRefusal.class, () -> load(TinyModel.addingFrom("w.bin", 0)));
    assertEquals(
        "the data of tensor 'w' is not in the model but in the file 'w.bin'", refusal.getMessage());
    assertEquals("MODEL_UNLOADABLE", refusal.code());
  }

  @Test
  void noPathThatLeadsToATensorLeadsOutOfTheModel() {
    byte[] sparse = message(1, OUTSIDE);
    refusedWith(node("Add"), message(5, INSIDE), message(15, sparse));
    refusedWith(node("Add"), message(5, INSIDE), message(15, message(2, OUTSIDE)));
    refusedWith(node("Add", message(5, text(1, "value"), message(5, OUTSIDE))));
    refusedWith(node("Add", message(5, message(10, INSIDE), message(10, OUTSIDE))));
    refusedWith(node("Add", message(5, message(22, sparse))));
    refusedWith(node("Add", message(5, message(23, message(1, INSIDE), message(2, OUTSIDE)))));
    byte[] subgraph = message(5, OUTSIDE);
    refusedWith(node("If", message(5, message(6, subgraph))));
    refusedWith(
        node("If", message(5, message(11, message(1, text(4, "Add"))), message(11, subgraph))));
    byte[] loopInIf = message(1, text(4, "Loop"), message(5, message(6, subgraph)));
    refusedWith(node("If", message(5, message(6, loopInIf))));
    byte[] constant = message(7, text(4, "Constant"), message(5, message(5, OUTSIDE)));
    refused(with(message(25, text(1, "f"), constant)));
    refused(with(message(25, message(11, text(1, "a"), message(5, OUTSIDE)))));
    refused(with(message(20, message(1, subgraph))));
    refused(with(message(20, message(2, subgraph))));
  }

  // A protocol buffer's last word wins, and two halves of a message are one: neither may hide it.
  @Test
  void whatIsSaidTwiceCountsAsTheWorseOfTheTwo() {
    refusedWith(node("Add"), message(5, OUTSIDE, number(14, 0)));
    refused(with(message(7, message(5, OUTSIDE))));
    refusedWith(node("Add"), message(5, tensor("w", number(14, 1L << 32))));
    refusedWith(node("Add"), message(5, tensor("w", message(14, new byte[] {1}))));
  }

  @Test
  void aNodeThatWasCompiledIntoAnotherFileIsRefused() {
    refusedWith(message(1, text(4, "EPContext"), text(7, "com.microsoft")));
    refusedWith(node("Add"), message(5, INSIDE), message(1, text(4, "Add"), text(4, "EPContext")));
  }

  @Test
  void theRuntimesOwnFormatIsNotRead() {
    byte[] model = new byte[64];
    byte[] mark = "ORTM".getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(mark, 0, model, 4, mark.length);
    refused(model);
  }

  // Should the walk miss a way: the directory that a daemon runs in is not where it leads.
  @Test
  void evenUnseenTheRuntimeFindsNothingInItsDirectory() throws Exception {
    Path here = Path.of("unsigned-weights-test.bin");
    Files.write(here, row(1, 1, 1, 1));
    try {
      ByteBuffer model = direct(TinyModel.addingFrom(here.toString(), 0));
      assertThrows(ModelRefusal.class, () -> Samples.RUNTIME.session(model));
      ByteBuffer absolute = direct(TinyModel.addingFrom(here.toAbsolutePath().toString(), 0));
      assertThrows(ModelRefusal.class, () -> Samples.RUNTIME.session(absolute));
      String up = "../.." + here.toAbsolutePath();
      ByteBuffer around = direct(TinyModel.addingFrom(up, 0));
      assertThrows(ModelRefusal.class, () -> Samples.RUNTIME.session(around));
    } finally {
      Files.delete(here);
    }
  }

  @Test
  void whatPeopleTakeForAModelIsCalledWhatItIs() {
    assertTrue(refused("<!DOCTYPE html><html>404</html>").contains("HTML"));
    String pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n";
    assertTrue(refused(pointer).contains("Git LFS pointer"));
    assertTrue(refused("no model").contains("not ONNX"));
    byte[] future = TinyModel.of(50, node("Add"), message(5, INSIDE));
    String reason = String.valueOf(assertRefused(future).getMessage());
    assertTrue(reason.contains("IR version: 50"), reason);
  }

  private static String refused(String content) {
    ModelRefusal refusal = assertRefused(content.getBytes(StandardCharsets.US_ASCII));
    return String.valueOf(refusal.getMessage());
  }

  private static void refusedWith(byte[]... graphFields) {
    refused(TinyModel.of(7, graphFields));
  }

  private static byte[] with(byte[] modelField) {
    return TinyModel.join(TinyModel.of(7, node("Add"), message(5, INSIDE)), modelField);
  }

  /** Refused before the runtime saw it, which would have refused most of these for being odd. */
  private static void refused(byte[] model) {
    String reason = String.valueOf(assertRefused(model).getMessage());
    assertTrue(
        reason.contains("not in the model") || reason.contains("own format"),
        () -> reason + " " + Arrays.toString(model));
  }

  private static ModelRefusal assertRefused(byte[] model) {
    return assertThrows(ModelRefusal.class, () -> load(model));
  }

  private static Session load(byte[] model) throws ModelRefusal {
    return Samples.RUNTIME.load(direct(model));
  }

  private static ByteBuffer direct(byte[] model) {
    return ByteBuffer.allocateDirect(model.length).put(model).flip();
  }
}
