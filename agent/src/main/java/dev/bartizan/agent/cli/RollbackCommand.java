// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan rollback}. */
@Command(
    name = "rollback",
    description = {
      "Go back to the newest earlier release of a model, or of a suite, that is kept on this device.",
      "",
      "The release that is left is not installed again unless a signed command insists."
    })
final class RollbackCommand implements Callable<Integer> {
  @Mixin private ConfigOption config = new ConfigOption();

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Parameters(paramLabel = "MODEL", description = "Which model, or suite/NAME.")
  private String model = "";

  @Override
  public Integer call() throws IOException, Refusal {
    byte[] wish = StrictJson.write(StrictJson.object().put("model", model));
    byte[] answer = ConfigOption.ask(config.read(), "rollback", wish);
    String deployment = StrictJson.read(answer, answer.length, "rollback").text("deployment", 200);
    spec.commandLine().getOut().println("rolling back " + model + ", as " + deployment);
    return 0;
  }
}
