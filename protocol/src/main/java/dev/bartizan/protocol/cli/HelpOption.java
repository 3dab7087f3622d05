// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import picocli.CommandLine.Option;

/** {@code --help} alone, for commands whose {@code --version} is that of a release. */
public final class HelpOption {
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private boolean wanted;
}
