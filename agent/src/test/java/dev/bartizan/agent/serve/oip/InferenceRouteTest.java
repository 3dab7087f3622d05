// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.updater.golden.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class InferenceRouteTest extends InferenceServer {
  @Nested
  class Metadata {
    @Test
    void ofTheServerNamesItsExtensions() throws Exception {
      assertAnswer(
          200,
          """
          {"name":"bartizan","version":"0.1.0","extensions":["binary_tensor_data"]}\
          """,
          client.get("/v2"));
      assertEquals(200, client.get("/v2/").status());
    }

    @Test
    void ofAModelNamesVersionsAndTensors() throws Exception {
      String expected =
          """
          {"name":"scale","versions":["1"],"platform":"onnx_onnxv1",\
          "inputs":[{"name":"x","datatype":"FP32","shape":[-1,4]}],\
          "outputs":[{"name":"y","datatype":"FP32","shape":[-1,4]}]}\
          """;
      assertAnswer(200, expected, client.get("/v2/models/scale"));
      assertAnswer(200, expected, client.get("/v2/models/scale/versions/1"));
    }

    @Test
    void ofAnUnknownModelOrVersionIsNotFound() throws Exception {
      assertError(404, "UNKNOWN_MODEL", client.get("/v2/models/cat"));
      assertError(404, "UNKNOWN_VERSION", client.get("/v2/models/scale/versions/9"));
      assertError(404, "NOT_FOUND", client.get("/v2/models/scale/secrets"));
      assertError(404, "NOT_FOUND", client.get("/v2/models"));
      assertError(405, "WRONG_METHOD", client.get("/v2/models/scale/infer"));
    }
  }

  @Nested
  class Health {
    @Test
    void isLiveButNotReadyWhileAnExpectedModelDoesNotServe() throws Exception {
      assertAnswer(200, "{\"live\":true}", client.get("/v2/health/live"));
      assertAnswer(503, "{\"ready\":false}", client.get("/v2/health/ready"));
      models.activate("late", "1", Samples.scale(1));
      assertAnswer(200, "{\"ready\":true}", client.get("/v2/health/ready"));
      models.retire("late");
    }

    @Test
    void ofAModelIsItsOwn() throws Exception {
      assertAnswer(
          200, "{\"name\":\"scale\",\"ready\":true}", client.get("/v2/models/scale/ready"));
      assertAnswer(503, "{\"name\":\"late\",\"ready\":false}", client.get("/v2/models/late/ready"));
      assertEquals(503, client.get("/v2/models/scale/versions/9/ready").status());
      assertError(404, "UNKNOWN_MODEL", client.get("/v2/models/cat/ready"));
      assertError(503, "NOT_READY", infer("late", request(ROW)));
    }
  }

  @Nested
  class Inferences {
    @Test
    void answerWithIdVersionAndOutputs() throws Exception {
      assertAnswer(
          200,
          """
          {"model_name":"scale","model_version":"1","id":"4 2","outputs":[\
          {"name":"y","datatype":"FP32","shape":[1,4],"data":[1.0,2.0,3.0,4.0]}]}\
          """,
          infer("scale", "{\"id\":\"4 2\",\"inputs\":[" + ROW + "]}"));
    }

    @Test
    void takeNestedDataMembersInAnyOrderAndUnknownOnes() throws Exception {
      String odd =
          """
          {"x-trace":{"a":[1,{"b":2}]},"parameters":{"priority":3},"inputs":[{"data":[[1,2,3,4],[5,6,7,8.5]],
          "parameters":{"content_type":"np"},"datatype":"FP32","name":"x","shape":[2,4]}]}\
          """;
      assertEquals("[1.0,2.0,3.0,4.0,5.0,6.0,7.0,8.5]", data(infer("scale", odd), 0));
    }

    @Test
    void giveOnlyTheOutputsAskedFor() throws Exception {
      String body =
          """
          {"inputs":[{"name":"a","shape":[1,2],"datatype":"FP32","data":[1,2]},
          {"name":"b","shape":[2],"datatype":"FP32","data":[10,-10]}],"outputs":[{"name":"least"}]}\
          """;
      JsonNode answer = JSON.readTree(text(infer("two-inputs", body)));
      assertEquals(1, answer.get("outputs").size());
      assertEquals("[-8.0]", answer.at("/outputs/0/data").toString());
    }

    @Test
    void keepEveryTypeExact() throws Exception {
      Map<String, String> values =
          Map.of(
              "fp32", "[0.1,-3.4028235E38,1.4E-45]",
              "fp64", "[0.1,-1.7976931348623157E308,4.9E-324]",
              "fp16", "[0.5,-65504.0,\"NaN\"]",
              "int8", "[-128,0,127]",
              "int16", "[-32768,0,32767]",
              "int32", "[-2147483648,0,2147483647]",
              "int64", "[-9223372036854775808,0,9223372036854775807]",
              "uint8", "[0,128,255]",
              "bool", "[true,false,true]");
      List<String> inputs = new ArrayList<>();
      values.forEach(
          (name, data) ->
              inputs.add(
                  "{\"name\":\"%s\",\"shape\":[3],\"datatype\":\"%s\",\"data\":%s}"
                      .formatted(name, name.toUpperCase(Locale.ROOT), data)));
      JsonNode answer = JSON.readTree(text(infer("every-type", request(String.join(",", inputs)))));
      for (JsonNode output : answer.get("outputs")) {
        String name = output.get("name").asText().replace("_out", "");
        assertEquals(JSON.readTree(String.valueOf(values.get(name))), output.get("data"), name);
      }
      assertEquals(values.size(), answer.get("outputs").size());
    }

    @Test
    void carryWhatJsonHasNoNumbersFor() throws Exception {
      String special =
          """
          {"name":"x","shape":[1,4],"datatype":"FP32","data":["NaN","Infinity","-Infinity",-0.0]}\
          """;
      assertEquals(
          "[\"NaN\",\"Infinity\",\"-Infinity\",-0.0]", data(infer("scale", request(special)), 0));
    }

    @Test
    void carryTexts() throws Exception {
      String words =
          """
          {"name":"words","shape":[2],"datatype":"BYTES","data":["Riß","\\u0000\\"裂"]}\
          """;
      assertEquals("[\"Riß\",\"\\u0000\\\"裂\"]", data(infer("texts", request(words)), 0));
    }

    @Test
    void ofAModelThatFailsAreItsOwnFault() throws Exception {
      String beyond =
          """
          {"name":"i","shape":[1],"datatype":"INT64","data":[9]}\
          """;
      assertError(500, "MODEL_FAILED", infer("picky", request(beyond)));
    }

    @Test
    void ofManyRowsAreReadExactly() throws Exception {
      Random random = new Random(5);
      StringBuilder rows = new StringBuilder();
      float[] sent = new float[4 * 5000];
      for (int i = 0; i < sent.length; i++) {
        sent[i] = Float.intBitsToFloat(random.nextInt());
        sent[i] = Float.isFinite(sent[i]) ? sent[i] : 0;
        rows.append(i == 0 ? "" : ",").append(sent[i]);
      }
      String input =
          "{\"name\":\"x\",\"shape\":[5000,4],\"datatype\":\"FP32\",\"data\":[" + rows + "]}";
      JsonNode data = JSON.readTree(text(infer("scale", request(input)))).at("/outputs/0/data");
      for (int i = 0; i < sent.length; i++) {
        assertEquals(sent[i], Float.parseFloat(data.get(i).asText()), "element " + i);
      }
    }
  }

  @Test
  void aSwapUnderLoadLosesNoRequestAndMixesNoVersions() throws Exception {
    models.activate("swapped", "1", Samples.scale(1));
    AtomicBoolean done = new AtomicBoolean();
    AtomicInteger answered = new AtomicInteger();
    ExecutorService clients = Executors.newFixedThreadPool(4);
    List<Future<?>> load = new ArrayList<>();
    Callable<Void> client = () -> askUntil(done, answered);
    for (int i = 0; i < 4; i++) {
      load.add(clients.submit(client));
    }
    // As many swaps as it takes: on a busy machine the clients may hardly have begun after 60.
    for (int swap = 0; swap < 60 || (answered.get() < 200 && allGoOn(load)); swap++) {
      int k = 2 - swap % 2;
      models.activate("swapped", String.valueOf(k), Samples.scale(k));
    }
    done.set(true);
    for (Future<?> one : load) {
      one.get();
    }
    clients.shutdown();
    models.retire("swapped");
    assertTrue(answered.get() >= 200, "the load was real: " + answered);
  }
}
