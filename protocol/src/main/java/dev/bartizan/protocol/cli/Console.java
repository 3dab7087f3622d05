// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.bartizan.crypto.json.StrictJson;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;

/**
 * Where commands print: answers to {@code out}, everything else to {@code err}.
 *
 * @param out nothing but the answer: scripts read it
 * @param err for people
 */
public record Console(PrintStream out, PrintStream err) {
  public void answer(String line) {
    out.println(line);
  }

  public void answer(JsonNode document) {
    out.print(new String(StrictJson.writeIndented(document), StandardCharsets.UTF_8));
    out.flush();
  }

  /** For what picocli prints itself: help and versions. */
  public PrintWriter outWriter() {
    return writer(out);
  }

  /** For what picocli prints itself: what is wrong with a command line. */
  public PrintWriter errWriter() {
    return writer(err);
  }

  private static PrintWriter writer(PrintStream stream) {
    return new PrintWriter(stream, true, StandardCharsets.UTF_8);
  }

  public void say(String line) {
    err.println(line);
  }
}
