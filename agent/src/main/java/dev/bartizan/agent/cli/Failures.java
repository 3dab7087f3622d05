// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one line on stderr and the exit code of the contract. */
final class Failures implements IExecutionExceptionHandler {
  static final int REFUSED = 1;

  /** What is configured will not get better by itself: systemd does not start it again. */
  static final int NOT_BY_ITSELF = 2;

  static final int NOT_NOW = 3;

  /**
   * {@inheritDoc}
   *
   * @throws Exception a bug, which is not dressed up as anything else
   */
  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult line)
      throws Exception {
    if (Bartizan.wantsStackTraces(command)) {
      failure.printStackTrace(command.getErr());
    }
    if (failure instanceof Refusal refusal) {
      command.getErr().println(Explanation.of(refusal));
      return REFUSED;
    }
    if (failure instanceof IOException world) {
      command.getErr().println(Explanation.of(world));
      return NOT_NOW;
    }
    throw failure;
  }
}
