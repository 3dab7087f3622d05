// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code bartizan status}. */
@Command(
    name = "status",
    description = "Show versions, update state, keystore, credentials, broker and alarms.")
final class StatusCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private JsonOption json = new JsonOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() throws IOException, Refusal {
    byte[] status = ConfigOption.ask(config.read(), "status");
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      json.print(out, status);
    } else {
      print(out, StrictJson.read(status, status.length, "status").tree());
    }
    return 0;
  }

  private static void print(PrintWriter out, JsonNode status) {
    JsonNode agent = status.path("agent");
    line(
        out,
        "agent",
        agent.path("version").asText()
            + ", up "
            + agent.path("uptime_seconds").asLong()
            + " s, "
            + (agent.path("ready").asBoolean() ? "ready" : "not ready"));
    line(out, "health", health(status.path("health")));
    line(out, "boot chain", status.path("boot").path("verdict").asText());
    JsonNode keystore = status.path("keystore");
    line(
        out,
        "keystore",
        keystore.path("kind").asText() + " (" + keystore.path("manufacturer").asText() + ")");
    line(out, "device", keystore.path("ueid").asText());
    for (JsonNode model : status.path("models")) {
      line(
          out,
          "model",
          model.path("name").asText()
              + " "
              + model.path("version").asText()
              + " "
              + model.path("state").asText()
              + (isDown(model) ? ", does not serve" : ""));
    }
    for (JsonNode suite : status.path("suites")) {
      line(
          out,
          "suite",
          suite.path("name").asText()
              + " "
              + suite.path("version").asText()
              + (suite.path("complete").asBoolean() ? "" : ", not complete"));
    }
    for (JsonNode safeguard : status.path("safeguards")) {
      if (!safeguard.path("verdict").asText().equals("good")) {
        line(
            out, "weak", safeguard.path("name").asText() + ": " + safeguard.path("found").asText());
      }
    }
    line(out, "bulk crypto", status.path("bulk_crypto").asText());
    JsonNode deployment = status.path("deployment");
    if (!deployment.isMissingNode()) {
      line(
          out,
          "update",
          deployment.path("component").asText()
              + " to "
              + deployment.path("version").asText()
              + ": "
              + deployment.path("state").asText()
              + waitingFor(deployment.path("waiting_for").asText()));
    }
    line(out, "certificate", "until " + status.path("credentials").path("not_after").asText());
    line(out, "broker", status.path("broker").asText());
    line(out, "history", status.path("history").path("entries").asLong() + " entries");
    status
        .path("alarms")
        .properties()
        .forEach(
            problem -> line(out, "problem", problem.getKey() + ": " + problem.getValue().asText()));
  }

  /** Each part, and how it is. */
  private static String health(JsonNode parts) {
    return parts.properties().stream()
        .map(part -> part.getKey() + " " + part.getValue().asText())
        .collect(Collectors.joining(", "));
  }

  /** Of the versions, only these two should serve. */
  private static boolean isDown(JsonNode model) {
    boolean shouldServe = List.of("active", "probation").contains(model.path("state").asText());
    return shouldServe && !model.path("serves").asBoolean();
  }

  private static String waitingFor(String what) {
    return what.isEmpty() ? "" : ", waiting: " + what;
  }

  private static void line(PrintWriter out, String name, String value) {
    out.println((name + "            ").substring(0, 13) + value);
  }
}
