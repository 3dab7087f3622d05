// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** Answers a wrong command line in one line, not with a page of help. */
public final class WrongUsage implements IParameterExceptionHandler {
  @Override
  public int handleParseException(ParameterException wrong, String[] arguments) {
    CommandLine command = wrong.getCommandLine();
    String reason = String.valueOf(wrong.getMessage()).replaceAll("\\s*\\R\\s*", " ");
    String name = command.getCommandSpec().qualifiedName();
    command.getErr().println(reason + " (see " + name + " --help)");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }
}
