// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.bad;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.bartizan.agent.serve.http.Answer;
import dev.bartizan.agent.serve.http.LocalClient;
import dev.bartizan.systemtest.lab.Background;
import dev.bartizan.systemtest.lab.Models;
import dev.bartizan.systemtest.lab.Patience;
import dev.bartizan.systemtest.lab.TestDevice;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * What one start of a device shows, by the launcher and as its service manager starts it.
 *
 * @param hasEnded instead of answering
 * @param version of the agent that ran
 * @param serving the model's version; empty when none serves
 * @param notGood the links of its check that are not
 * @param problems that it tells of, but for those of a device that reaches nobody
 * @param said its log
 */
record Sight(
    boolean hasEnded,
    String version,
    String serving,
    List<String> notGood,
    List<String> problems,
    String said) {
  private static final Duration LONGEST = Duration.ofMinutes(2);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Starts the device, and stops it once it has looked at everything. */
  static Sight of(TestDevice device) throws Exception {
    Files.deleteIfExists(device.home().resolve("agent.log"));
    Background daemon =
        device.launchUnder(List.of("env", "STATE_DIRECTORY=" + device.state().toString()));
    try {
      // Its check is answered in its first turn.
      Answer[] check = new Answer[1];
      Patience.await(
          "the daemon's check",
          LONGEST,
          () -> {
            if (daemon.isAlive()) {
              check[0] = control(device, "check");
            }
            return !daemon.isAlive() || check[0].status() == 200;
          });
      return check[0] == null || check[0].status() != 200
          ? new Sight(true, "", "", List.of(), List.of(), device.log())
          : new Sight(
              false,
              device.status().path("agent").path("version").asText(),
              device.serving(Models.NAME),
              notGood(check[0]),
              problems(device),
              device.log());
    } finally {
      device.stop();
    }
  }

  private static Answer control(TestDevice device, String path) throws Exception {
    return new LocalClient(device.home().resolve("control.sock")).get("/bartizan/v1/" + path);
  }

  private static List<String> notGood(Answer check) throws Exception {
    String text = StandardCharsets.UTF_8.decode(check.body().duplicate()).toString();
    List<String> links = new ArrayList<>();
    for (JsonNode link : JSON.readTree(text).path("links")) {
      if (!link.path("verdict").asText().equals("good")) {
        links.add(link.toString());
      }
    }
    return links;
  }

  private static List<String> problems(TestDevice device) throws Exception {
    List<String> subjects = new ArrayList<>();
    device.status().path("alarms").fieldNames().forEachRemaining(subjects::add);
    subjects.removeAll(List.of("repository", "broker"));
    return subjects;
  }

  /** Whether anybody could know that something is wrong. */
  boolean isTold() {
    return hasEnded || !problems.isEmpty() || !notGood.isEmpty();
  }

  boolean serves() {
    return !serving.isEmpty();
  }
}
