// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.command;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.install.UpdateState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Test;

/**
 * docs/vectors/answer.json, what this agent answers; the server's reader is held against it by a
 * test of its own. With {@code -Dvectors.write=true} it is made anew.
 */
class AnswerVectorsTest {
  private static final Path FILE = Path.of("../docs/vectors/answer.json");
  private static final String ID = "c0ffee-0001";

  private static byte[] made() {
    ObjectNode facts = StrictJson.object().put("deployment", ID).put("outcome", "committed");
    ObjectNode file = StrictJson.object().put("format", "Answers");
    ArrayNode vectors = file.putArray("vectors");
    valid(vectors, "taken on, and another follows", Reply.accepted(ID), false);
    valid(vectors, "obeyed", Reply.done(ID, facts), true);
    valid(vectors, "ended well", Reply.ended(ID, facts, UpdateState.COMMITTED), true);
    valid(vectors, "rolled back", Reply.ended(ID, facts, UpdateState.ROLLED_BACK), true);
    valid(vectors, "refused", Reply.refused(ID, new Malformed("arguments are missing")), true);
    valid(vectors, "of another version", Reply.unknown(ID, "dance"), true);
    valid(vectors, "not now", Reply.failed(ID, "no network"), true);
    String good = new String(Reply.done(ID, facts).toJson().toArray(), UTF_8);
    refused(vectors, "to no command", good.replace("\"jti\"", "\"jto\""), "jti");
    refused(vectors, "without a status", good.replace("\"status\"", "\"state\""), "status");
    refused(vectors, "a status that is a number", good.replace("\"done\"", "1"), "status");
    refused(vectors, "a second document behind it", good + "{}", "");
    refused(vectors, "a list", "[" + good + "]", "");
    refused(vectors, "nothing", "", "");
    return StrictJson.writeIndented(file);
  }

  private static void valid(ArrayNode vectors, String name, Reply reply, boolean isFinal) {
    ObjectNode vector = vectors.addObject().put("name", name);
    vector.put("document", new String(reply.toJson().toArray(), UTF_8)).put("result", "valid");
    ObjectNode values = vector.putObject("values").put("jti", reply.id());
    values.put("status", reply.status().name().toLowerCase(Locale.ROOT)).put("final", isFinal);
  }

  private static void refused(ArrayNode vectors, String name, String text, String names) {
    ObjectNode vector = vectors.addObject().put("name", name);
    vector.put("document", text).put("result", "refused");
    if (!names.isEmpty()) {
      vector.put("refusal_names", names);
    }
  }

  @Test
  void theFileIsWhatThisAgentAnswers() throws Exception {
    byte[] made = made();
    if (Boolean.getBoolean("vectors.write")) {
      Files.write(FILE, made);
    }
    assertEquals(Files.readString(FILE), new String(made, UTF_8));
  }
}
