// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import picocli.CommandLine.Option;

/** {@code --json}: one JSON document on stdout and nothing else. */
final class JsonOption {
  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  boolean wanted() {
    return json;
  }

  void print(PrintWriter out, byte[] document) {
    out.println(new String(document, StandardCharsets.UTF_8));
    out.flush();
  }
}
