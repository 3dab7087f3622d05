// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.protocol.cli.WrongUsage;
import java.security.SecureRandom;
import java.time.Clock;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of {@code bartizan-fleet}. */
@Command(
    name = "bartizan-fleet",
    mixinStandardHelpOptions = true,
    versionProvider = ProductVersion.class,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "The server's side of Bartizan: enrol devices, give them the content keys of releases, command"
          + " them, and verify what they report. What exists is said by an author, elsewhere"
          + " (bartizan-release).",
      "",
      "Everything is kept in one directory, the current one unless --dir names another.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 the answer is no; 2 the command line is wrong; 3 not possible now.",
      "",
      "A first fleet:",
      "  bartizan-fleet init fleet --root root.json --repository https://models.example/ \\",
      "      --host fleet.example",
      "  cd fleet",
      "  bartizan-fleet device token camera-1.token",
      "  bartizan-fleet serve --listen 0.0.0.0:8443"
    })
public final class FleetCommand implements Runnable {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print stack traces.")
  private boolean debug;

  /** There is nothing to do without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** The whole command line, printing to {@code console}. */
  public static CommandLine commandLine(Clock clock, SecureRandom random, Console console) {
    FleetCommand root = new FleetCommand();
    CommandLine line =
        new CommandLine(root)
            .addSubcommand(new InitCommand(clock, random, console))
            .addSubcommand(new RefreshCommand(clock, random, console))
            .addSubcommand(new CommandCommand(clock, random, console))
            .addSubcommand(ReportCommand.line(clock, random, console))
            .addSubcommand(
                new CommandLine(new DeviceCommand(clock, random, console))
                    .addSubcommand(new AuthoritiesCommand(clock, console))
                    .addSubcommand(new DecommissionCommand(clock, random, console)))
            .addSubcommand(new KeyCommand(random, console))
            .addSubcommand(new ServeCommand(clock, random, console))
            .addSubcommand(new DoctorCommand(clock, random, console));
    return line.setExecutionExceptionHandler(new Failures(() -> root.debug))
        .setParameterExceptionHandler(new WrongUsage())
        .setUsageHelpAutoWidth(true)
        .setOut(console.outWriter())
        .setErr(console.errWriter());
  }
}
