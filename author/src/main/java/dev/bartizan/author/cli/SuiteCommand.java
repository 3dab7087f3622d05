// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.release.SignedDocuments;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SuiteManifest;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-release suite}. */
@Command(
    name = "suite",
    description = {
      "Say which releases belong together: models, the agent, and the configuration that the"
          + " application next to it works with. A device installs all of them in one step, or none.",
      "",
      "Every member is a release that was signed before, by whoever may sign it. Members that a device"
          + " has already are not touched. Roll out with `command update suite=NAME version=V`."
    },
    footer = {
      "",
      "Example:",
      "  bartizan-release suite line3 --version 2.0.0 \\",
      "      --member defect=1.1.0 --member crop=2.0.0 --member software/agent=0.2.0 \\",
      "      --configuration thresholds.json"
    })
final class SuiteCommand implements Callable<Integer> {
  private static final int MAX_CONFIGURATION = 64 * 1024;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Parameters(paramLabel = "NAME", description = "What the suite is called.")
  private String name = "";

  @Option(
      names = "--version",
      required = true,
      paramLabel = "V",
      description = "Which version of it this is.")
  private String version = "";

  @Option(
      names = "--member",
      required = true,
      paramLabel = "COMPONENT=V",
      description = "A model by its name, or software/agent, and its version. One for each.")
  private Map<String, String> members = new TreeMap<>();

  @Option(
      names = "--configuration",
      paramLabel = "FILE",
      description =
          "A JSON object of at most 64 KiB for the application, which finds it on the agent's socket.")
  private Optional<Path> configuration = Optional.empty();

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private AuthorOptions author = new AuthorOptions();

  SuiteCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    ReleaseName release = ReleaseName.parse(name, version, "release suite");
    SuiteManifest suite =
        new SignedDocuments(author.directory(), author.repository(clock, random))
            .suite(release, members, read());
    console.say(release + ": " + suite.members().size() + " members that go together");
    return 0;
  }

  private ObjectNode read() throws IOException, Refusal {
    if (configuration.isEmpty()) {
      return StrictJson.object();
    }
    byte[] json = InputFile.read(configuration.get(), MAX_CONFIGURATION);
    return StrictJson.read(json, MAX_CONFIGURATION, configuration.get().toString()).tree();
  }
}
