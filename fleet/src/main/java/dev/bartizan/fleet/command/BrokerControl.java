// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import java.io.IOException;
import java.time.Duration;

/**
 * Ends a device's open session at a mosquitto, by its dynamic security plug-in: a revocation list
 * that is read anew keeps out whoever comes, and leaves alone whoever is there.
 */
public final class BrokerControl {
  /** Where the plug-in listens; the access list lets operators alone write there. */
  public static final String TOPIC = "$CONTROL/dynamic-security/v1";

  private static final String ANSWERS = TOPIC + "/response";
  private static final String SILENT =
      "the broker does not say that it ended the session: is its dynamic security plug-in on?";
  private static final int MAX_ANSWER = 64 * 1024;
  private static final int MAX_TEXT = 200;
  private static final int MAX_WAITING = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(15);

  private final OperatorLine line;
  private final AnswerQueue<byte[]> answers = new AnswerQueue<>(MAX_WAITING);

  public BrokerControl(OperatorLine line) {
    this.line = line;
  }

  /**
   * Has the broker throw {@code device} out. The plug-in acts on clients that it was told of; a
   * second telling it refuses, which changes nothing.
   *
   * @throws IOException when the broker did not do it, or did not say that it has
   */
  public void endSession(Ueid device) throws IOException {
    line.listen(ANSWERS, (topic, message) -> answers.offer(message.getPayload()));
    ObjectNode request = StrictJson.object();
    ArrayNode commands = request.putArray("commands");
    commands.addObject().put("command", "createClient").put("username", device.text());
    commands
        .addObject()
        .put("command", "disableClient")
        .put("username", device.text())
        .put("correlationData", device.text());
    line.publish(TOPIC, StrictJson.write(request));
    requireDone(device);
  }

  private void requireDone(Ueid device) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      byte[] answer = answers.await(end, () -> SILENT);
      try {
        JsonFields document = StrictJson.read(answer, MAX_ANSWER, "the broker's answer");
        for (JsonFields response : document.objects("responses", MAX_WAITING)) {
          if (response
              .findText("correlationData", MAX_TEXT)
              .filter(device.text()::equals)
              .isPresent()) {
            requireNoError(response);
            return;
          }
        }
      } catch (Malformed unreadable) {
        throw new IOException(unreadable.getMessage(), unreadable);
      }
    }
  }

  private static void requireNoError(JsonFields response) throws IOException, Malformed {
    if (response.has("error")) {
      throw new IOException(
          "the broker did not end the session: " + response.text("error", MAX_TEXT));
    }
  }
}
