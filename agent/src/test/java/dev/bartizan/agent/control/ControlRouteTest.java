// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.control;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.agent.serve.http.LocalServer;
import dev.bartizan.agent.serve.http.Route;
import dev.bartizan.agent.serve.http.ServerOptions;
import dev.bartizan.agent.update.Consents;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What local clients write, well and badly, over the socket. */
class ControlRouteTest {
  private final List<String> heard = new ArrayList<>();
  @TempDir private Path folder;
  private final List<LocalServer> servers = new ArrayList<>();
  private LocalClient client;
  private LocalClient application;

  @BeforeEach
  void serve() throws Exception {
    Consents consents = new Consents(InstantSource.fixed(Instant.EPOCH));
    client = serve("control.sock", new ControlRoute(new Listener()));
    application = serve("inference.sock", new ActivationRoute(consents, () -> {}));
  }

  private LocalClient serve(String name, Route route) throws Exception {
    Path socket = folder.resolve(name);
    LocalServer server = new LocalServer(ServerOptions.on(socket), List.of(route));
    servers.add(server);
    server.start();
    return new LocalClient(socket);
  }

  @AfterEach
  void stop() {
    servers.forEach(LocalServer::close);
  }

  @Test
  void aMemberThatIsNullIsAbsent() throws Exception {
    assertEquals(
        200, post("update", "{\"model\":\"defect\",\"version\":null,\"offline\":null}").status());
    assertEquals(200, post("update", "{\"model\":null,\"check\":null}").status());
    assertEquals(List.of("model=defect", ""), heard);
    Answer missing = post("rollback", "{\"model\":null}");
    assertEquals(400, missing.status());
    assertTrue(text(missing).contains("request.model is missing"), text(missing));
  }

  @Test
  void aParsersOwnWordsStayHere() throws Exception {
    List<String> bad =
        List.of(
            "",
            "{",
            "[]",
            "null",
            "{\"a\":secret}",
            "{\"a\":1,\"a\":2}",
            "{\"a\":01}",
            "{} {}",
            "{\"a\":" + "9".repeat(2000) + "}",
            "[".repeat(2000),
            "{\"a\":\"\u0001\"}");
    for (String body : bad) {
      for (String path : List.of("update", "rollback", "attest", "acme", "activation")) {
        Answer answer = post(path, body);
        assertEquals(400, answer.status(), body);
        assertEquals(
            "{\"error\":\"request is not one JSON object in UTF-8, without a member twice\","
                + "\"code\":\"MALFORMED\"}",
            text(answer),
            path + " " + body);
      }
    }
    byte[] latin1 = {'{', '"', (byte) 0xe4, '"', ':', '1', '}'};
    Answer answer = client.post("/bartizan/v1/update", latin1);
    assertFalse(text(answer).contains("MalformedInput"), text(answer));
    assertEquals(400, answer.status());
    assertEquals(List.of(), heard);
  }

  @Test
  void aBodyThatIsTooLongIsRefusedAsThat() throws Exception {
    assertEquals(413, post("update", " ".repeat(65 * 1024)).status());
  }

  private Answer post(String path, String body) throws IOException {
    LocalClient who = path.equals("activation") ? application : client;
    return who.post("/bartizan/v1/" + path, body.getBytes(StandardCharsets.UTF_8));
  }

  private static String text(Answer answer) {
    return StandardCharsets.UTF_8.decode(answer.body().duplicate()).toString();
  }

  /** Notes the members that it is asked with. */
  private final class Listener implements ControlRoute.Daemon {
    private byte[] nothing() {
      return StrictJson.write(StrictJson.object());
    }

    @Override
    public byte[] status() {
      return nothing();
    }

    @Override
    public byte[] check() {
      return nothing();
    }

    @Override
    public byte[] acme(String keyAuthorization) {
      heard.add("acme=" + keyAuthorization);
      return nothing();
    }

    @Override
    public byte[] surroundings() {
      return nothing();
    }

    @Override
    public byte[] history() {
      return nothing();
    }

    @Override
    public byte[] attest(String nonce) {
      heard.add(nonce);
      return nothing();
    }

    @Override
    public byte[] update(JsonFields wish) throws Refusal {
      List<String> members = new ArrayList<>();
      for (String name : wish.names()) {
        members.add(name + "=" + wish.text(name, 100));
      }
      heard.add(String.join(",", members));
      return nothing();
    }

    @Override
    public byte[] rollback(String model) {
      heard.add(model);
      return nothing();
    }
  }
}
