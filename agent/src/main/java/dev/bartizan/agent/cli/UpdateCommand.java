// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan update}. */
@Command(
    name = "update",
    description = {
      "Look for a release of a model, or of a suite of components that go together, and install it as"
          + " far as signed policy lets the device decide.",
      "",
      "With --check it only says what there is and how it would be had: bytes to fetch, space needed.",
      "With --offline all of it comes from a bundle (bartizan-release bundle) and no server is asked for "
          + "anything until the update has ended. The daemon must be able to read the file."
    })
final class UpdateCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();
  @Mixin private JsonOption json = new JsonOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(names = "--check", description = "Only look.")
  private boolean check;

  @Option(names = "--offline", paramLabel = "FILE", description = "From this bundle.")
  private @Nullable Path offline;

  @Parameters(
      index = "0",
      arity = "0..1",
      paramLabel = "MODEL",
      description = "Which model, or suite/NAME (default: the only model that policy has).")
  private @Nullable String model;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "VERSION",
      description = "Which version (default: the newest).")
  private @Nullable String version;

  @Override
  public Integer call() throws IOException, Refusal {
    ObjectNode wish = StrictJson.object().put("check", check);
    Optional.ofNullable(model).ifPresent(wanted -> wish.put("model", wanted));
    if (offline != null) {
      wish.put("offline", offline.toAbsolutePath().normalize().toString());
    }
    Optional.ofNullable(version).ifPresent(wanted -> wish.put("version", wanted));
    byte[] answer = ConfigOption.ask(config.read(), "update", StrictJson.write(wish));
    PrintWriter out = spec.commandLine().getOut();
    if (json.wanted()) {
      json.print(out, answer);
    } else {
      print(out, StrictJson.read(answer, answer.length, "update").tree());
    }
    return 0;
  }

  private static void print(PrintWriter out, JsonNode offer) {
    out.println(offer.path("model").asText() + " " + offer.path("version").asText());
    out.println("  way    " + offer.path("strategy").asText());
    String role = offer.path("signed").path("role").asText("nobody");
    out.println("  signed " + role + ", by " + offer.path("signed").path("keys").size() + " keys");
    out.println("  fetch  " + offer.path("bytes").asLong() + " bytes");
    out.println("  space  " + offer.path("space").asLong() + " bytes");
    for (JsonNode step : offer.path("steps")) {
      out.println("  step   " + step.asText());
    }
    if (offer.has("deployment")) {
      out.println("  under way as " + offer.path("deployment").asText());
    }
  }
}
