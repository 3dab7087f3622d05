// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.TensorMap;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** A release for which nobody has made a difference from what the device holds. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class AnyBaseIT extends OneDevice {
  @Test
  @Order(1)
  void aDeviceFetchesOnlyWhatItLacksOfAModelAndMendsWhatCameBroken() throws Exception {
    awaitServing("1.0.0");
    byte[] model = Files.readAllBytes(Models.file("1.0.0"));
    LocatedTensor tensor = smallestOfSomeSize(model);
    model[(int) tensor.offset()] ^= 1;
    Path changed = Files.write(home().resolve("changed.onnx"), model);
    lab().release("1.0.1", changed, Models.golden("1.0.0"));
    Outcome look = device().run("update", "--check");
    assertTrue(look.out().contains("way    pieces"), look.out() + look.err());
    assertTrue(look.out().contains("signed models, by 3 keys"), look.out());
    assertTrue(look.out().contains("take what is left of it from 1.0.0"), look.out());

    long before = artifactBytes();
    assertEquals(0, update("1.0.1").exit());
    await("1.0.1", () -> device().serving(MODEL).equals("1.0.1"));
    long cost = artifactBytes() - before;
    // The tensor, the ends of the chunks it lies in, and golden vectors.
    assertTrue(cost < tensor.length() + 200_000 && cost < model.length / 2, cost + " bytes");
    assertEquals(0, device().run("check").exit());

    // From the release before the active one just as well, and past a range that was tampered with.
    model[(int) tensor.offset()] ^= 3;
    lab().release("1.0.2", Files.write(changed, model), Models.golden("1.0.0"));
    lab()
        .changeNewestArtifacts(
            content -> {
              if (content.length > model.length) {
                int ciphertextAt = (int) (tensor.offset() / 16384 * 16400) + 100;
                content[ciphertextAt] ^= 1;
              }
              return content;
            });
    Outcome tampered = update("1.0.2");
    assertAnswer(tampered, "refused", "HASH_MISMATCH");
    assertEquals("1.0.1", device().serving(MODEL));
  }

  @Test
  @Order(2)
  void aDeviceThatMissedAReleaseGoesThroughItByDifferences() throws Exception {
    assertEquals("1.0.1", device().serving(MODEL));
    byte[] model = Files.readAllBytes(Models.file("1.0.0"));
    Path file = home().resolve("tuned.onnx");
    releaseTuned(model, 1, "1.0.3", file, "1.0.1");
    releaseTuned(model, 2, "1.0.4", file, "1.0.3");
    Outcome look = device().run("update", "--check");
    assertTrue(look.out().contains("way    chain"), look.out() + look.err());
    assertTrue(look.out().contains("make 1.0.3 from 1.0.1"), look.out());
    assertTrue(look.out().contains("make 1.0.4 from 1.0.3"), look.out());

    long before = artifactBytes();
    Outcome end = update("1.0.4");
    assertEquals(0, end.exit(), end.out() + end.err());
    await("1.0.4", () -> device().serving(MODEL).equals("1.0.4"));
    long cost = artifactBytes() - before;
    assertTrue(cost < model.length / 2, cost + " bytes");
    assertEquals(0, device().run("check").exit());
    // What was made on the way is gone again.
    String installed = device().run("status").out();
    assertTrue(!installed.contains("1.0.3"), installed);
  }

  /** Every tensor differs a little from the last time, so that no piece of it is left. */
  private void releaseTuned(byte[] model, int bit, String version, Path file, String from)
      throws Exception {
    for (LocatedTensor tensor :
        TensorMap.ofOnnx(new ByteArrayInputStream(model), model.length).inline().tensors()) {
      for (long at = tensor.offset(); at < tensor.offset() + tensor.length(); at += 4096) {
        model[(int) at] ^= (byte) bit;
      }
    }
    Outcome released =
        lab()
            .release(
                version, Files.write(file, model), Models.golden("1.0.0"), "--delta-from", from);
    assertEquals(0, released.exit(), released.err());
  }

  private long artifactBytes() throws Exception {
    return lab()
        .web()
        .requests()
        .lines()
        .filter(line -> line.contains("/artifacts/"))
        .mapToLong(line -> Long.parseLong(line.substring(line.lastIndexOf(' ') + 1)))
        .sum();
  }

  /** One that is a piece of its own. */
  private static LocatedTensor smallestOfSomeSize(byte[] model) throws Exception {
    List<LocatedTensor> tensors =
        TensorMap.ofOnnx(new ByteArrayInputStream(model), model.length).inline().tensors();
    return tensors.stream()
        .filter(tensor -> tensor.length() >= 4096)
        .min(Comparator.comparingLong(LocatedTensor::length))
        .orElseThrow();
  }
}
