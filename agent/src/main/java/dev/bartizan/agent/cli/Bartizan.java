// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.agent.identity.Keystores;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.updater.software.Slot;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The root of {@code bartizan}. */
@Command(
    name = "bartizan",
    mixinStandardHelpOptions = true,
    versionProvider = ProductVersion.class,
    sortOptions = false,
    scope = CommandLine.ScopeType.INHERIT,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "Guards an AI model on this device.",
      "",
      "The daemon checks the boot chain, has the TPM unwrap the model's key, serves the model to"
          + " local applications, and takes updates and commands that the fleet has signed.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 the answer is no; 2 the command line is wrong; 3 not possible now.",
      "",
      "A first start:",
      "  bartizan enroll --server https://fleet.example:8443 --token-file token",
      "  bartizan run",
      "  bartizan status"
    },
    subcommands = {
      RunCommand.class,
      CheckSlotCommand.class,
      EnrollCommand.class,
      CheckCommand.class,
      EventLogCommand.class,
      StatusCommand.class,
      UpdateCommand.class,
      RollbackCommand.class,
      HistoryCommand.class,
      AttestCommand.class,
      TufCommand.class,
      DoctorCommand.class
    })
public final class Bartizan implements Runnable {
  @Option(
      names = "--debug",
      scope = CommandLine.ScopeType.INHERIT,
      description = "Print stack traces.")
  private boolean debug;

  /** Prints how to go on: a command is missing. */
  @Override
  public void run() {
    throw new CommandLine.ParameterException(new CommandLine(this), "which command?");
  }

  /** The whole command line. */
  public static CommandLine commandLine() {
    Bartizan root = new Bartizan();
    return new CommandLine(root)
        .setExecutionExceptionHandler(new Failures(() -> root.debug, Bartizan::advice));
  }

  private static String advice(Refusal refusal) {
    return refusal instanceof KeystoreRefusal keystore ? Keystores.advice(keystore.reason()) : "";
  }

  /**
   * What the process ends with. A version that came by an update never says that starting again is
   * useless: the launcher has another one, for which this configuration may be right.
   *
   * @param slot as the launcher calls the one that this was started from
   */
  public static int exitCode(int code, String slot) {
    boolean wasInstalled = Slot.find(slot).filter(it -> it != Slot.BASE).isEmpty();
    return code == RunCommand.NOT_BY_ITSELF && !wasInstalled ? Failures.NOT_NOW : code;
  }
}
