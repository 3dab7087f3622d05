// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.author.cli.ReleaseCommand;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.fleet.cli.FleetCommand;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.function.Function;
import picocli.CommandLine;

/**
 * A command of the operator's as its {@code main} runs it, with the same arguments, output and exit
 * code, without a JVM that is started for it: founding a fleet and making a release takes a dozen
 * commands, and starting took most of their time.
 */
@TouchesTheWorld("the clock and the randomness of commands")
final class InThisProcess implements Command {
  private final String name;
  private final Function<Console, CommandLine> command;

  private InThisProcess(String name, Function<Console, CommandLine> command) {
    this.name = name;
    this.command = command;
  }

  /** {@code bartizan-release}. */
  static Command release() {
    return new InThisProcess(
        "bartizan-release",
        console -> ReleaseCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console));
  }

  /** {@code bartizan-fleet}. */
  static Command fleet() {
    return new InThisProcess(
        "bartizan-fleet",
        console -> FleetCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console));
  }

  @Override
  public Outcome run(String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    Console console = new Console(printer(out), printer(err));
    long start = System.nanoTime();
    int exit = command.apply(console).execute(arguments);
    return new Outcome(
        name + " " + arguments[0],
        exit,
        out.toString(StandardCharsets.UTF_8),
        err.toString(StandardCharsets.UTF_8),
        Duration.ofNanos(System.nanoTime() - start));
  }

  private static PrintStream printer(ByteArrayOutputStream stream) {
    return new PrintStream(stream, true, StandardCharsets.UTF_8);
  }
}
