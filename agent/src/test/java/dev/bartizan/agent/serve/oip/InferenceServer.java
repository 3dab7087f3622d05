// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
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
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A server with models of every kind, and a client of it. */
abstract class InferenceServer {
  static final int BODY_LIMIT = 1 << 20;
  static final ObjectMapper JSON = new ObjectMapper();

  static final String ROW =
      """
      {"name":"x","shape":[1,4],"datatype":"FP32","data":[1,2,3,4]}\
      """;

  @TempDir static Path directory;

  static final ModelService models =
      new ModelService(() -> Set.of("scale", "late"), System::nanoTime);
  static LocalServer server;
  static LocalClient client;

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

  static boolean allGoOn(List<Future<?>> load) {
    return load.stream().noneMatch(Future::isDone);
  }

  /** Each answer must be of the version it names, whichever that is. */
  static Void askUntil(AtomicBoolean done, AtomicInteger answered) throws IOException {
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

  static String request(String inputs) {
    return "{\"inputs\":[" + inputs + "]}";
  }

  static Answer infer(String model, String body) throws IOException {
    return client.post("/v2/models/" + model + "/infer", body.getBytes(StandardCharsets.UTF_8));
  }

  static Answer inferBinary(String json, byte[] binary) throws IOException {
    return send("scale", json, binary, json.length());
  }

  static Answer send(String model, String json, byte[] binary, int jsonLength) throws IOException {
    byte[] head = json.getBytes(StandardCharsets.UTF_8);
    byte[] body = ByteBuffer.allocate(head.length + binary.length).put(head).put(binary).array();
    Map<String, String> headers =
        Map.of("Inference-Header-Content-Length", String.valueOf(jsonLength));
    return client.send("POST", "/v2/models/" + model + "/infer", headers, body);
  }

  static byte[] floats(float... values) {
    ByteBuffer bytes = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      bytes.putFloat(value);
    }
    return bytes.array();
  }

  /** A body without a stated length. */
  static String chunked(int length) throws IOException {
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

  static String data(Answer answer, int output) throws IOException {
    return JSON.readTree(text(answer)).at("/outputs/" + output + "/data").toString();
  }

  static String text(Answer answer) {
    return StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
  }

  static void assertAnswer(int status, String body, Answer answer) {
    assertEquals(body, text(answer));
    assertEquals(status, answer.status());
  }

  static void assertError(int status, String code, Answer answer) throws IOException {
    JsonNode body = JSON.readTree(text(answer));
    assertTrue(body.get("error").isTextual());
    assertEquals(code, body.get("code").asText(), body.toString());
    assertEquals(status, answer.status());
  }
}
