// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.machine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.cli.Bartizan;
import dev.bartizan.author.cli.ReleaseCommand;
import dev.bartizan.fleet.cli.FleetCommand;
import dev.bartizan.protocol.cli.Console;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** Every command of ours on the page is one, with options that there are. */
class OperationsPageTest {
  private static final PrintStream NOWHERE =
      new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);

  /** A device id: 01 and 32 bytes. */
  private static final String DEVICE = "AQ" + "A".repeat(42);

  @Test
  void everyCommandOfOursOnThePageIsOne() throws Exception {
    OperationsPage page = OperationsPage.read();
    List<String> wrong = new ArrayList<>();
    int tried = 0;
    for (String command : page.commands()) {
      tried += words(command).isEmpty() ? 0 : 1;
      complaint(command).ifPresent(why -> wrong.add(command + ": " + why));
    }
    assertEquals(List.of(), wrong);
    assertTrue(tried > 25, tried + " commands");
  }

  @Test
  void everyCommandThatTheTextMentionsIsOneWithSuchOptions() throws Exception {
    List<String> wrong = new ArrayList<>();
    for (String command : OperationsPage.read().commandsInText()) {
      complaint(command)
          // A mention need not name all that the command needs.
          .filter(why -> !why.startsWith("Missing required"))
          .ifPresent(why -> wrong.add(command + ": " + why));
    }
    assertEquals(List.of(), wrong);
  }

  /** What is neither run by {@link OperationsPageIT} nor left out there by name has been added. */
  @Test
  void everyCommandIsWalkedOrLeftOutByName() throws Exception {
    List<String> commands = OperationsPage.read().commands();
    for (String left : OperationsPageIT.LEFT_OUT.keySet()) {
      assertTrue(
          commands.stream().anyMatch(command -> command.startsWith(left)),
          "no longer on the page: " + left);
    }
    for (String needed : OperationsPageIT.SUBSTITUTIONS.keySet()) {
      assertTrue(
          commands.stream().anyMatch(command -> command.contains(needed)),
          "no longer on the page: " + needed);
    }
  }

  private static Optional<String> complaint(String command) {
    List<String> words = words(command);
    if (words.size() < 2) {
      return Optional.empty();
    }
    // What a reader has to fill in would be refused for being no device id, or no number.
    words.replaceAll(
        word -> word.equals("UEID") ? DEVICE : word.equals("HEX") ? "00".repeat(8) : word);
    Console console = new Console(NOWHERE, NOWHERE);
    CommandLine line =
        switch (words.get(0)) {
          case "bartizan" -> Bartizan.commandLine();
          case "bartizan-release" ->
              ReleaseCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console);
          default -> FleetCommand.commandLine(Clock.systemUTC(), new SecureRandom(), console);
        };
    try {
      line.parseArgs(words.subList(1, words.size()).toArray(String[]::new));
      return Optional.empty();
    } catch (CommandLine.ParameterException wrong) {
      return Optional.of(String.valueOf(wrong.getMessage()));
    }
  }

  /** From the program's name on; none for a command of somebody else. */
  private static List<String> words(String command) {
    List<String> words = new ArrayList<>(List.of(command.strip().split("\\s+")));
    if (words.get(0).equals("sudo")) {
      words.remove(0);
      if (words.get(0).equals("-u")) {
        words.subList(0, 2).clear();
      }
    }
    words.removeIf(word -> word.equals("..."));
    return words.get(0).startsWith("bartizan") ? words : List.of();
  }
}
