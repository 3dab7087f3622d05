// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import java.io.IOException;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.IExecutionExceptionHandler;
import picocli.CommandLine.ParseResult;

/** Turns what a command throws into one line on stderr and the exit code of the contract. */
public final class Failures implements IExecutionExceptionHandler {
  public static final int REFUSED = 1;
  public static final int NOT_NOW = 3;

  private final BooleanSupplier stackTraces;
  private final Function<Refusal, String> advice;

  /** Prints no stack traces. */
  public Failures() {
    this(() -> false);
  }

  /**
   * @param stackTraces whether they are wanted beside the line; asked when something has failed
   */
  public Failures(BooleanSupplier stackTraces) {
    this(stackTraces, refusal -> "");
  }

  /**
   * @param advice what to do about a refusal, on the same line; empty where nobody knows
   */
  public Failures(BooleanSupplier stackTraces, Function<Refusal, String> advice) {
    this.stackTraces = stackTraces;
    this.advice = advice;
  }

  /**
   * {@inheritDoc}
   *
   * @throws Exception a bug, which is not dressed up as anything else
   */
  @Override
  public int handleExecutionException(Exception failure, CommandLine command, ParseResult line)
      throws Exception {
    if (stackTraces.getAsBoolean()) {
      failure.printStackTrace(command.getErr());
    }
    if (failure instanceof Refusal refusal) {
      String todo = advice.apply(refusal);
      command.getErr().println(Explanation.of(refusal) + (todo.isEmpty() ? "" : ": " + todo));
      return REFUSED;
    }
    if (failure instanceof IOException world) {
      command.getErr().println(Explanation.of(world));
      return NOT_NOW;
    }
    throw failure;
  }
}
