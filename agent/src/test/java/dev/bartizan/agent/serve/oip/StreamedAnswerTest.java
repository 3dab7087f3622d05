// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.agent.serve.Inference;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.updater.engine.Datatype;
import dev.bartizan.updater.engine.Shape;
import dev.bartizan.updater.engine.Tensor;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Answers that are written while they are sent. */
class StreamedAnswerTest extends InferenceServer {
  private static final int MANY = 40_000;

  /** Far less than any answer that is worth streaming. */
  private static final int LONGEST_PIECE = 64 << 10;

  private static Tensor floats(int count) {
    ByteBuffer content = ByteBuffer.allocateDirect(4 * count).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < count; i++) {
      content.putFloat(i);
    }
    return new Tensor.Numbers(Datatype.FP32, Shape.of(count), content.flip());
  }

  private static Answer many(String more) throws Exception {
    float[] values = new float[MANY];
    for (int i = 0; i < MANY; i++) {
      values[i] = i;
    }
    String json =
        """
        {"id":"long",%s"inputs":[{"name":"x","shape":[%d,4],"datatype":"FP32",
        "parameters":{"binary_data_size":%d}}]}\
        """
            .formatted(more, MANY / 4, 4 * MANY);
    return inferBinary(json, floats(values));
  }

  @Test
  void aLongAnswerOfNumbersComesInChunksAndIsTheSameDocument() throws Exception {
    Answer answer = many("");
    assertEquals(200, answer.status());
    assertEquals("application/json", answer.contentType());
    assertEquals("chunked", answer.headers().get("transfer-encoding"));
    assertFalse(answer.headers().containsKey("content-length"));
    JsonNode body = JSON.readTree(text(answer));
    assertEquals("long", body.get("id").asText());
    JsonNode data = body.at("/outputs/0/data");
    assertEquals(MANY, data.size());
    for (int i = 0; i < MANY; i++) {
      assertEquals((float) i, data.get(i).floatValue());
    }
  }

  @Test
  void aShortOneSaysHowLongItIs() throws Exception {
    Answer answer = infer("scale", request(ROW));
    assertEquals(String.valueOf(answer.body().remaining()), answer.headers().get("content-length"));
  }

  @Test
  void aLongAnswerInBinarySaysHowLongItIsAndComesWhole() throws Exception {
    Answer answer = many("\"parameters\":{\"binary_data_output\":true},");
    int json = Integer.parseInt(answer.headers().get("inference-header-content-length"));
    ByteBuffer body = answer.body();
    assertEquals(json + 4 * MANY, body.remaining());
    ByteBuffer last = body.slice(body.limit() - 4, 4).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(MANY - 1, last.getFloat());
  }

  @Test
  void noMoreOfItIsMadeThanIsSentNext() throws Exception {
    Tensor tensor = floats(1_000_000);
    InferenceJson json =
        new InferenceJson(Optional.empty(), new Inference("m", "1", Map.of("y", tensor)));
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (json.hasNext()) {
      ByteBuffer piece = json.next();
      assertTrue(piece.remaining() <= LONGEST_PIECE, piece.remaining() + " bytes at once");
      assertTrue(piece.hasRemaining());
      all.write(piece.array(), piece.arrayOffset(), piece.remaining());
    }
    assertThrows(NoSuchElementException.class, json::next);
    JsonNode data = JSON.readTree(all.toByteArray()).at("/outputs/0/data");
    assertEquals(1_000_000, data.size());
    assertEquals(999_999f, data.get(999_999).floatValue());
  }

  /** Two outputs, one of them empty: what stands between values is in the right place. */
  @Test
  void outputsFollowOneAnother() throws Exception {
    Map<String, Tensor> outputs =
        new java.util.TreeMap<>(Map.of("a", floats(0), "b", floats(2), "c", floats(1)));
    InferenceJson json = new InferenceJson(Optional.of("7"), new Inference("m", "1", outputs));
    assertEquals(
        """
        {"model_name":"m","model_version":"1","id":"7","outputs":[\
        {"name":"a","datatype":"FP32","shape":[0],"data":[]},\
        {"name":"b","datatype":"FP32","shape":[2],"data":[0.0,1.0]},\
        {"name":"c","datatype":"FP32","shape":[1],"data":[0.0]}]}""",
        new String(json.next().array(), java.nio.charset.StandardCharsets.UTF_8));
    assertFalse(json.hasNext());
  }
}
