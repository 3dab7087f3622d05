// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code docs/operations.md}, as somebody reads it who does what it says. */
final class OperationsPage {
  private static final String INDENT = "    ";

  /** What a line of a shell begins with; other blocks are files, or what a command printed. */
  private static final Pattern SHELL =
      Pattern.compile("(\\./|sudo |cd |cp |ln |mkdir |curl |openssl |bartizan|[A-Z_]+=\\S).*");

  private static final Pattern IN_TEXT = Pattern.compile("`(bartizan(?:-fleet|-release)? [^`]+)`");

  private final List<String> lines;

  private OperationsPage(List<String> lines) {
    this.lines = lines;
  }

  static OperationsPage read() throws IOException {
    Path source = Path.of(System.getProperty("bartizan.source", ".."));
    return new OperationsPage(Files.readAllLines(source.resolve("docs/operations.md")));
  }

  /** The commands of the blocks, in their order; each on one line, without what it is remarked. */
  List<String> commands() {
    List<String> commands = new ArrayList<>();
    boolean isBlock = false;
    StringBuilder command = new StringBuilder();
    for (String line : lines) {
      boolean wasBlock = isBlock;
      isBlock = line.startsWith(INDENT) || (isBlock && line.isEmpty());
      if (!isBlock || line.isEmpty()) {
        continue;
      }
      String text = line.substring(INDENT.length()).replaceAll("\\s{2,}# .*", "").strip();
      boolean goesOnFromBefore = wasBlock && command.length() > 0;
      if (!goesOnFromBefore && !SHELL.matcher(text).matches()) {
        continue;
      }
      boolean goesOn = text.endsWith("\\");
      command.append(goesOn ? text.substring(0, text.length() - 1) : text);
      if (!goesOn) {
        commands.add(command.toString().replaceAll("\\s+", " ").strip());
        command.setLength(0);
      }
    }
    return commands;
  }

  /** What stands in the text as a command of ours with all that it needs. */
  List<String> commandsInText() {
    List<String> commands = new ArrayList<>();
    for (String line : lines) {
      if (!line.startsWith(INDENT)) {
        Matcher matcher = IN_TEXT.matcher(line);
        while (matcher.find()) {
          commands.add(matcher.group(1).strip());
        }
      }
    }
    return commands;
  }
}
