// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.cli.Console;
import java.security.SecureRandom;
import java.time.Clock;

/** The entry point of {@code bin/bartizan-release}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends with its exit code. */
  @TouchesTheWorld("the process: its clock, its randomness, its output")
  public static void main(String[] arguments) {
    Console console = new Console(System.out, System.err);
    System.exit(
        ReleaseCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console)
            .execute(arguments));
  }
}
