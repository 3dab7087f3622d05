// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.github.luben.zstd.Zstd;
import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.encode.DeltaEncoder;
import dev.bartizan.delta.encode.EncodeProgress;
import dev.bartizan.delta.format.KnownContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import org.junit.jupiter.api.Test;

/** The difference between models that were really trained, in the order in which they ship. */
class TrainedModelDeltaTest {
  @Test
  void aFineTunedModelTravelsInFarFewerBytesThanItsBestCompressedForm() throws Exception {
    assertTrue(share("1.0.0", "1.1.0") < 0.85);
  }

  @Test
  void aRollBackByDeltaIsAsCheap() throws Exception {
    assertTrue(share("1.1.0", "1.0.0") < 0.85);
  }

  @Test
  void aLongerTailDoesNotHurt() throws Exception {
    assertTrue(share("1.1.0", "1.2.0-broken") < 0.95);
  }

  /** The length of the delta over that of the compressed new model; checks the round trip. */
  private static double share(String from, String to) throws Exception {
    byte[] base = model(from);
    byte[] result = model(to);
    ByteArrayOutputStream delta = new ByteArrayOutputStream();
    new DeltaEncoder().encode(content(base), content(result), delta, EncodeProgress.NONE);
    ByteArrayOutputStream rebuilt = new ByteArrayOutputStream();
    new DeltaDecoder(Digest::sha256, result.length)
        .apply(
            content(base),
            new ByteArrayInputStream(delta.toByteArray()),
            Channels.newChannel(rebuilt)::write);
    assertArrayEquals(result, rebuilt.toByteArray());
    int compressed = Zstd.compress(result, 19).length;
    System.out.printf(
        "%s -> %s: whole %d, zstd -19 %d, delta %d bytes%n",
        from, to, result.length, compressed, delta.size());
    return (double) delta.size() / compressed;
  }

  private static KnownContent content(byte[] bytes) {
    return KnownContent.of(ByteBuffer.wrap(bytes));
  }

  private static byte[] model(String version) throws IOException {
    String name = "/models/defect/" + version + "/model.onnx";
    try (InputStream in = TrainedModelDeltaTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new IOException(name + " is not there");
      }
      return in.readAllBytes();
    }
  }
}
