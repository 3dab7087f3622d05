// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.agent.config.AgentConfig;
import dev.bartizan.agent.local.LocalHistory;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.disk.LinuxDisk;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code bartizan history}. */
@Command(
    name = "history",
    description = {
      "Show the update history: what, when, from, to, why, and by whose signature.",
      "",
      "Each entry names the digest of the one before; a history that was changed is refused."
    })
final class HistoryCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private JsonOption json = new JsonOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--verify", description = "Only say whether the chain holds.")
  private boolean verify;

  @Override
  public Integer call() throws IOException, Refusal {
    AgentConfig settings = config.read();
    byte[] document =
        CheckCommand.runs(settings) ? ConfigOption.ask(settings, "history") : read(settings);
    JsonNode history = StrictJson.read(document, document.length, "history").tree();
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      json.print(out, document);
    } else if (verify) {
      out.println("the chain holds: " + history.path("entries").size() + " entries");
    } else {
      history.path("entries").forEach(entry -> print(out, entry));
    }
    return 0;
  }

  private static byte[] read(AgentConfig settings) throws IOException, Refusal {
    try (LinuxDisk disk = LinuxDisk.acquire(settings.device().stateDirectory())) {
      return LocalHistory.read(disk);
    }
  }

  private static void print(PrintWriter out, JsonNode entry) {
    StringBuilder line = new StringBuilder();
    line.append(entry.path("time").asText()).append("  ").append(entry.path("what").asText());
    if (!entry.path("component").asText().isEmpty()) {
      line.append("  ").append(entry.path("component").asText());
      line.append(' ').append(entry.path("from").asText()).append(" -> ");
      line.append(entry.path("to").asText());
    }
    line.append("  ").append(entry.path("by").asText());
    line.append("  ").append(entry.path("why").asText());
    out.println(line.toString().stripTrailing());
  }
}
