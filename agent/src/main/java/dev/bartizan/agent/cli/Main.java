// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

/** The entry point of {@code bin/bartizan}. */
public final class Main {
  private Main() {}

  /** Runs one command and ends with its exit code. */
  public static void main(String[] arguments) {
    int code = Bartizan.commandLine().execute(arguments);
    System.exit(Bartizan.exitCode(code, System.getProperty("bartizan.slot", "")));
  }
}
