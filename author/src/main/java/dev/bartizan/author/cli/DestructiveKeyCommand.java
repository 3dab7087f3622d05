// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.FleetAcceptance;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.jws.StatementKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code bartizan-release destructive-key}. */
@Command(
    name = "destructive-key",
    description = {
      "Let a key give the commands that nothing undoes (decommission), and no others.",
      "",
      "FILE is the public half that `bartizan-fleet key create` wrote beside the private one, which belongs on a"
          + " stick, not on the server: who has taken the server ends no device."
    },
    footer = {"", "Example:", "  bartizan-release destructive-key /media/stick/end.pub"})
final class DestructiveKeyCommand implements Callable<Integer> {
  private static final int MAX_LENGTH = 4 * 1024;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Parameters(paramLabel = "FILE", description = "The public key, as PEM.")
  private Path file = Path.of("");

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private AuthorOptions author = new AuthorOptions();

  DestructiveKeyCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    String pem = new String(InputFile.read(file, MAX_LENGTH), StandardCharsets.US_ASCII);
    StatementKey key = StatementKey.of(Pem.publicKey(pem, file.toString()));
    new FleetAcceptance(author.directory(), author.repository(clock, random), clock, random)
        .acceptDestructive(key);
    console.say("key " + key.kid() + " may decommission devices, and nothing else");
    return 0;
  }
}
