// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Attack: a model file that was made to break its reader. In the ordinary run the seeds and a fixed
 * walk from them; with {@code JAZZER_FUZZ=1} Jazzer looks for more, guided by coverage, for a
 * minute.
 */
class TensorMapFuzzTest {
  private static final int WALKS = 5000;

  /** A graph with one initialiser, a 2 by 1 float tensor "w" with its bytes inline. */
  private static final byte[] ONNX =
      HexFormat.of().parseHex("08083a152a13080208011001420177" + "4a086162636465666768");

  private static final byte[] SAFETENSORS = safetensors();

  static Stream<Arguments> models() {
    return Stream.of(Arguments.of((Object) ONNX), Arguments.of((Object) SAFETENSORS));
  }

  @MethodSource("models")
  @FuzzTest(maxDuration = "60s")
  void anyBytesAreAModelOrRefused(byte[] file) throws IOException {
    read(file == null ? new byte[0] : file);
  }

  @Test
  void theSeedsAreModels() throws Exception {
    assertTrue(TensorMap.ofOnnx(new ByteArrayInputStream(ONNX), ONNX.length).tensors().size() == 1);
    assertTrue(
        TensorMap.ofSafetensors(new ByteArrayInputStream(SAFETENSORS), SAFETENSORS.length)
                .tensors()
                .size()
            == 1);
  }

  @Test
  void changedModelsAreModelsOrRefused() throws IOException {
    Random random = new Random(5);
    for (int walk = 0; walk < WALKS; walk++) {
      byte[] seed = walk % 2 == 0 ? ONNX : SAFETENSORS;
      byte[] file = Arrays.copyOf(seed, seed.length - random.nextInt(3));
      for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
        file[random.nextInt(file.length)] = (byte) random.nextInt();
      }
      read(file);
    }
  }

  /** Whatever is found lies within the file: who trusts the map reads no byte of another. */
  private static void read(byte[] file) throws IOException {
    try {
      requireWithin(TensorMap.ofOnnx(new ByteArrayInputStream(file), file.length), file);
    } catch (OnnxRefusal refusal) {
      assertTrue(!refusal.code().isEmpty());
    }
    try {
      requireWithin(TensorMap.ofSafetensors(new ByteArrayInputStream(file), file.length), file);
    } catch (OnnxRefusal refusal) {
      assertTrue(!refusal.code().isEmpty());
    }
  }

  private static void requireWithin(TensorMap map, byte[] file) {
    for (LocatedTensor tensor : map.tensors()) {
      boolean isElsewhere = !tensor.file().isEmpty();
      assertTrue(tensor.offset() >= 0 && tensor.end() >= tensor.offset(), tensor.toString());
      assertTrue(isElsewhere || tensor.end() <= file.length, tensor.toString());
    }
  }

  private static byte[] safetensors() {
    String header = "{\"w\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}";
    byte[] file = new byte[8 + header.length() + 8];
    file[0] = (byte) header.length();
    byte[] text = header.getBytes(StandardCharsets.US_ASCII);
    System.arraycopy(text, 0, file, 8, text.length);
    return file;
  }
}
