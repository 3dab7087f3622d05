// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.agent.serve.http.Answer;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Tensors as bytes behind the JSON of a request. */
class BinaryInferenceTest extends InferenceServer {
  @Nested
  class BinaryData {
    private static final String INPUT =
        """
        {"name":"x","shape":[1,4],"datatype":"FP32","parameters":{"binary_data_size":%d}}\
        """;

    @Test
    void goesInAndOutBehindTheJson() throws Exception {
      String json =
          """
          {"parameters":{"binary_data_output":true},"inputs":[%s]}\
          """
              .formatted(INPUT.formatted(16));
      Answer answer = inferBinary(json, floats(1, Float.NaN, 3, 4));
      assertEquals(200, answer.status());
      assertEquals("application/octet-stream", answer.contentType());
      int length = Integer.parseInt(answer.headers().get("inference-header-content-length"));
      ByteBuffer body = answer.body().duplicate();
      JsonNode output =
          JSON.readTree(StandardCharsets.UTF_8.decode(body.slice(0, length)).toString())
              .at("/outputs/0");
      assertEquals(16, output.at("/parameters/binary_data_size").asInt());
      assertFalse(output.has("data"));
      assertEquals(ByteBuffer.wrap(floats(1, Float.NaN, 3, 4)), body.position(length).slice());
    }

    @Test
    void isGivenForTheOutputsThatAskForIt() throws Exception {
      String json =
          """
          {"inputs":[{"name":"a","shape":[1,2],"datatype":"FP32","data":[1,2]},
          {"name":"b","shape":[2],"datatype":"FP32","data":[0,0]}],
          "outputs":[{"name":"least"},{"name":"total","parameters":{"binary_data":true}}]}\
          """;
      Answer answer = infer("two-inputs", json);
      int length = Integer.parseInt(answer.headers().get("inference-header-content-length"));
      assertEquals(8, answer.body().remaining() - length);
      assertTrue(
          text(answer).contains("\"least\",\"datatype\":\"FP32\",\"shape\":[1],\"data\":[1.0]"));
    }

    @Test
    void carriesTextsBehindTheirLengths() throws Exception {
      byte[] words = {2, 0, 0, 0, 'O', 'K', 0, 0, 0, 0};
      String json =
          """
          {"parameters":{"binary_data_output":true},"inputs":[{"name":"words","shape":[2],
          "datatype":"BYTES","parameters":{"binary_data_size":10}}]}\
          """;
      Answer answer = send("texts", json, words, json.length());
      int length = Integer.parseInt(answer.headers().get("inference-header-content-length"));
      assertEquals(ByteBuffer.wrap(words), answer.body().duplicate().position(length).slice());
    }

    @Test
    void thatDoesNotFitIsRefused() throws Exception {
      byte[] row = floats(1, 2, 3, 4);
      String json = request(INPUT.formatted(16));
      assertError(400, "MALFORMED", inferBinary(json, new byte[15]));
      assertError(400, "MALFORMED", inferBinary(json, new byte[17]));
      assertError(400, "WRONG_SHAPE", inferBinary(request(INPUT.formatted(12)), new byte[12]));
      assertError(400, "MALFORMED", inferBinary(request(INPUT.formatted(-1)), row));
      assertError(400, "MALFORMED", inferBinary(request(INPUT.formatted(Long.MAX_VALUE)), row));
      assertError(400, "MALFORMED", send("scale", json, row, json.length() + 17));
      assertError(400, "MALFORMED", send("scale", json, row, -1));
      String both = request(ROW.replace("]}", "],\"parameters\":{\"binary_data_size\":16}}"));
      assertError(400, "MALFORMED", inferBinary(both, row));
      String huge = request(INPUT.formatted(16).replace("[1,4]", "[4611686018427387904]"));
      assertError(400, "WRONG_SHAPE", inferBinary(huge, row));
    }

    @Test
    void ofBooleansAndTextsIsChecked() throws Exception {
      String bool =
          request(
              """
              {"name":"bool","shape":[1],"datatype":"BOOL","parameters":{"binary_data_size":1}}\
              """);
      assertError(400, "MALFORMED", send("every-type", bool, new byte[] {2}, bool.length()));
      String words =
          request(
              """
              {"name":"words","shape":[1],"datatype":"BYTES","parameters":{"binary_data_size":5}}\
              """);
      for (byte[] bad : new byte[][] {{9, 0, 0, 0, 'x'}, {-1, -1, -1, -1, 'x'}, {1, 0, 0, 0, -1}}) {
        assertError(400, "MALFORMED", send("texts", words, bad, words.length()));
      }
    }
  }
}
