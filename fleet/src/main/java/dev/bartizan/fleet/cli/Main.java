// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.cli.Console;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The entry point of {@code bin/bartizan-fleet}. */
public final class Main {
  /**
   * What it says of its own starts is nobody's business here. Held for as long as the process
   * lives: the platform forgets a logger that nobody holds, and its level.
   */
  private static final Logger WEB_SERVER = Logger.getLogger("org.eclipse.jetty");

  private Main() {}

  /** Runs one command and ends with its exit code. */
  @TouchesTheWorld("the process: its clock, its randomness, its output")
  public static void main(String[] arguments) {
    WEB_SERVER.setLevel(Level.WARNING);
    Console console = new Console(System.out, System.err);
    System.exit(
        FleetCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console)
            .execute(arguments));
  }
}
