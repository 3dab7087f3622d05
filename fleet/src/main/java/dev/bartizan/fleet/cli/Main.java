// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.cli.Console;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/** The entry point of {@code bin/bartizan-fleet}. */
public final class Main {
  /**
   * What they say of their own starts is nobody's business here. Held for as long as the process
   * lives: the platform forgets a logger that nobody holds, and its level.
   */
  private static final List<Logger> CHATTY =
      List.of(Logger.getLogger("org.eclipse.jetty"), Logger.getLogger("org.flywaydb"));

  /** That the database is away is said by us, once. */
  private static final Logger POOL = Logger.getLogger("com.zaxxer.hikari");

  private Main() {}

  /** Runs one command and ends with its exit code. */
  @TouchesTheWorld("the process: its clock, its randomness, its output")
  public static void main(String[] arguments) {
    CHATTY.forEach(library -> library.setLevel(Level.WARNING));
    POOL.setLevel(Level.OFF);
    Console console = new Console(System.out, System.err);
    System.exit(
        FleetCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console)
            .execute(arguments));
  }
}
