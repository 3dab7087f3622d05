// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.serve.ModelService;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.updater.golden.Samples;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class InferenceRouteTest {
  private static final int BODY_LIMIT = 1 << 20;
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String ROW =
      """
      {"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}\
      """;

  @TempDir private static Path directory;
  private static final ModelService models =
      new ModelService(() -> Set.of("scale", "late"), System::nanoTime);
  private static LocalServer server;
  private static LocalClient client;

  @BeforeAll
  static void serve() throws Exception {
    models.activate("scale", "1", Samples.scale(1));
    for (String name : List.of("every-type", "texts", "two-inputs", "picky")) {
      models.activate(name, "1", Samples.untried(name));
    }
    Path socket = directory.resolve("serve.sock");
    server =
        new LocalServer(
            ServerOptions.on(socket), List.of(new InferenceRoute(models, "0.1.0", BODY_LIMIT)));
    server.start();
    client = new LocalClient(socket);
  }

  @AfterAll
  static void stop() {
    server.close();
    models.close();
  }

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

  @Nested
  class HostileRequests {
    @Test
    void thatAreNotTheProtocolsJsonAreRefused() throws Exception {
      for (String body :
          List.of(
              "",
              "null",
              "[]",
              "{",
              "{}",
              "{\"inputs\":{}}",
              "{\"inputs\":[1]}",
              "{\"inputs\":[{}]}",
              "{\"inputs\":[" + ROW,
              request(ROW) + "x",
              request(ROW) + request(ROW),
              request(ROW + "," + ROW),
              "{\"inputs\":[],\"inputs\":[" + ROW + "]}",
              "{\"id\":7,\"inputs\":[" + ROW + "]}",
              "{\"inputs\":[" + ROW + "],\"outputs\":[{}]}",
              request(ROW.replace("[1,4]", "[1.0,4]")),
              request(ROW.replace("[1,4]", "\"4\"")),
              request(ROW.replace("\"FP32\"", "32")),
              request(ROW.replace("[1,2,3,4]", "\"AAAA\"")),
              request(ROW.replace("[1,2,3,4]", "[[[1,2,3,4]]]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,null]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,\"4\"]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,true]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,NaN]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,1e39]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3," + "9".repeat(500) + "]")))) {
        assertError(400, "MALFORMED", infer("scale", body));
      }
    }

    @Test
    void withNumbersThatDoNotFitTheirTypeAreRefused() throws Exception {
      for (String[] bad :
          new String[][] {
            {"INT8", "128"}, {"INT8", "1.0"}, {"UINT8", "-1"}, {"INT32", "2147483648"},
            {"INT64", "9223372036854775808"}, {"BOOL", "1"}, {"FP16", "65520"}, {"FP64", "1e999"}
          }) {
        String input =
            "{\"name\":\"%s\",\"shape\":[1],\"datatype\":\"%s\",\"data\":[%s]}"
                .formatted(bad[0].toLowerCase(Locale.ROOT), bad[0], bad[1]);
        assertError(400, "MALFORMED", infer("every-type", request(input)));
      }
    }

    @Test
    void whoseShapeAndDataDisagreeAreRefused() throws Exception {
      for (String shape :
          List.of(
              "[4]x",
              "[1,5]",
              "[2,4]",
              "[0,4]",
              "[]",
              "[-1,4]",
              "[-1,-4]",
              "[4294967296,4294967296]",
              "[4611686018427387904,4]",
              "[1000000000,1]")) {
        Answer answer = infer("scale", request(ROW.replace("[1,4]", shape.replace("x", ""))));
        assertError(400, "WRONG_SHAPE", answer);
      }
      for (String data : List.of("[]", "[[1,2],[3,4]]", "[[1,2,3],[4]]", "[[1,2,3,4],[]]")) {
        assertError(400, "WRONG_SHAPE", infer("scale", request(ROW.replace("[1,2,3,4]", data))));
      }
      String rank = "1,".repeat(40) + "4";
      assertError(400, "WRONG_SHAPE", infer("scale", request(ROW.replace("1,4", rank))));
    }

    @Test
    void forWhatTheModelDoesNotTakeAreRefused() throws Exception {
      assertError(404, "UNKNOWN_MODEL", infer("cat", request(ROW)));
      assertError(404, "UNKNOWN_VERSION", infer("scale/versions/9", request(ROW)));
      assertError(400, "UNKNOWN_INPUT", infer("scale", request(ROW.replace("\"x\"", "\"q\""))));
      assertError(400, "MISSING_INPUT", infer("scale", request("")));
      assertError(400, "WRONG_DATATYPE", infer("scale", request(ROW.replace("FP32", "FP64"))));
      assertError(400, "WRONG_DATATYPE", infer("scale", request(ROW.replace("FP32", "FP33"))));
      assertError(
          400,
          "UNKNOWN_OUTPUT",
          infer("scale", "{\"inputs\":[" + ROW + "],\"outputs\":[{\"name\":\"q\"}]}"));
    }

    @Test
    void whereNullStandsForAnAbsentMemberAreAnswered() throws Exception {
      String row = ROW.replace("{", "{\"parameters\":null,\"q\":null,");
      String whole = "{\"id\":null,\"parameters\":null,\"outputs\":null,\"inputs\":[" + row + "]}";
      assertEquals(200, infer("scale", whole).status());
      String flags =
          "{\"parameters\":{\"binary_data_output\":null},\"outputs\":[{\"name\":\"y\",\"parameters\":"
              + "{\"binary_data\":null}},{\"name\":\"y\",\"parameters\":null}],\"inputs\":["
              + ROW.replace("{", "{\"parameters\":{\"binary_data_size\":null},")
              + "]}";
      assertEquals(200, infer("scale", flags).status());
      assertError(400, "MALFORMED", infer("scale", "{\"inputs\":null}"));
    }

    @Test
    void thatNestForEverAreRefused() throws Exception {
      assertError(400, "MALFORMED", infer("scale", "[".repeat(100_000)));
      assertError(400, "MALFORMED", infer("scale", "{\"a\":".repeat(100_000)));
      String deep = "[".repeat(100_000) + "1" + "]".repeat(100_000);
      assertError(400, "MALFORMED", infer("scale", request(ROW.replace("[1,2,3,4]", deep))));
    }

    @Test
    void beyondTheBodyLimitAreRefusedWhetherTheySaySoOrNot() throws Exception {
      String padding = " ".repeat(BODY_LIMIT - request(ROW).length());
      assertEquals(200, infer("scale", request(ROW) + padding).status());
      assertError(413, "TOO_LARGE", infer("scale", request(ROW) + padding + " "));
      String lie = chunked(BODY_LIMIT + 1);
      assertTrue(lie.startsWith("HTTP/1.1 413 "), lie.lines().findFirst().orElse(""));
    }

    @Test
    void neverGetAnInternalErrorWhateverTheSeed() throws Exception {
      byte[] good = request(ROW).getBytes(StandardCharsets.UTF_8);
      for (int seed = 0; seed < 2_000; seed++) {
        Random random = new Random(seed);
        byte[] hurt = good.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
          hurt[random.nextInt(hurt.length)] = (byte) (32 + random.nextInt(100));
        }
        int status = client.post("/v2/models/scale/infer", hurt).status();
        assertTrue(status == 200 || status == 400, "seed " + seed + ": " + status);
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

  private static boolean allGoOn(List<Future<?>> load) {
    return load.stream().noneMatch(Future::isDone);
  }

  /** Each answer must be of the version it names, whichever that is. */
  private static Void askUntil(AtomicBoolean done, AtomicInteger answered) throws IOException {
    while (!done.get()) {
      Answer answer = infer("swapped", request(ROW));
      assertEquals(200, answer.status(), () -> text(answer));
      JsonNode body = JSON.readTree(text(answer));
      int k = body.get("model_version").asInt();
      assertEquals(4.0 * k, body.at("/outputs/0/data/3").asDouble());
      answered.incrementAndGet();
    }
    return null;
  }

  private static String request(String inputs) {
    return "{\"inputs\":[" + inputs + "]}";
  }

  private static Answer infer(String model, String body) throws IOException {
    return client.post("/v2/models/" + model + "/infer", body.getBytes(StandardCharsets.UTF_8));
  }

  private static Answer inferBinary(String json, byte[] binary) throws IOException {
    return send("scale", json, binary, json.length());
  }

  private static Answer send(String model, String json, byte[] binary, int jsonLength)
      throws IOException {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = ByteBuffer.allocate(head.length + binary.length).put(head).put(binary).array();
    Map<String, String> headers =
        Map.of("Inference-Header-Content-Length", String.valueOf(jsonLength));
    return client.send("POST", "/v2/models/" + model + "/infer", headers, body);
  }

  private static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** A body without a stated length. */
  private static String chunked(int length) throws IOException {
    String head =
        String.join(
            "\r\n",
            "POST /v2/models/scale/infer HTTP/1.1",
            "Host: a",
            "Connection: close",
            "Transfer-Encoding: chunked",
            "",
            "");
    String body = Integer.toHexString(length) + "\r\n" + " ".repeat(length) + "\r\n0\r\n\r\n";
    try (SocketChannel raw = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      raw.connect(UnixDomainSocketAddress.of(directory.resolve("serve.sock")));
      raw.write(StandardCharsets.US_ASCII.encode(head + body));
      ByteBuffer answer = ByteBuffer.allocate(1 << 16);
      while (raw.read(answer) >= 0) {
        // until the server closes
      }
      return StandardCharsets.UTF_8.decode(answer.flip()).toString();
    }
  }

  private static String data(Answer answer, int output) throws IOException {
    return JSON.readTree(text(answer)).at("/outputs/" + output + "/data").toString();
  }

  private static String text(Answer answer) {
    return StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
  }

  private static void assertAnswer(int status, String body, Answer answer) {
    assertEquals(body, text(answer));
    assertEquals(status, answer.status());
  }

  private static void assertError(int status, String code, Answer answer) throws IOException {
    JsonNode body = JSON.readTree(text(answer));
    assertTrue(body.get("error").isTextual());
    assertEquals(code, body.get("code").asText(), body.toString());
    assertEquals(status, answer.status());
  }
}
