// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.FleetAcceptance;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.custody.FleetKeys;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-release fleet}. */
@Command(
    name = "fleet",
    description = {
      "Release for a fleet: devices obey the commands of its server, and its key broker gets the"
          + " content keys of all releases, those made before included.",
      "",
      "FILE is what `bartizan-fleet init` wrote. Compare the fingerprint with that of the server's"
          + " operator: whoever exchanges the file on its way would read every model."
    },
    footer = {"", "Example:", "  bartizan-release fleet fleet-keys.json"})
final class AcceptFleetCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "The server's fleet-keys.json.")
  private Path file = Path.of("");

  @Option(
      names = "--replace",
      description = "The fleet has new keys; devices obey the former command key no longer.")
  private boolean replacing;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private AuthorOptions author = new AuthorOptions();

  AcceptFleetCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    FleetKeys keys = FleetKeys.read(InputFile.read(file, FleetKeys.MAX_LENGTH), file.toString());
    int releases =
        new FleetAcceptance(author.directory(), author.repository(clock, random), clock, random)
            .accept(keys, replacing);
    console.say("fleet " + keys.trustDomain() + ", fingerprint " + keys.fingerprint());
    console.say("it may command devices, and has the keys of " + releases + " releases");
    return 0;
  }
}
