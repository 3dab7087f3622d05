// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.broker.KeyRelease;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.jws.StatementKey;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet key}. */
@Command(
    name = "key",
    description = "Content keys that were given against evidence; keys that end devices.",
    mixinStandardHelpOptions = true)
public final class KeyCommand {
  private static final int DONE = 0;

  private final SecureRandom random;
  private final Console console;

  public KeyCommand(SecureRandom random, Console console) {
    this.random = random;
    this.console = console;
  }

  /** Prints the record; a record that does not hold is a refusal. */
  @Command(
      name = "log",
      description = {
        "Which content keys were given to whom, when, and on what evidence. Each entry names the one"
            + " before; exit code 1 when the record does not hold.",
        "The last line is the head: kept elsewhere, it shows whether entries were cut off later."
      },
      mixinStandardHelpOptions = true)
  int log(
      @Option(
              names = "--verify",
              description = "Print only whether the record holds, how long it is, and its head.")
          boolean verify,
      @Option(
              names = "--dir",
              defaultValue = ".",
              paramLabel = "DIR",
              description = "The server's directory (default: the current one).")
          Path dir,
      @Option(names = "--json", description = "Print one JSON document.") boolean json)
      throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(new SharedDirectory(dir), random, console)) {
      if (json) {
        printJson(database.keyLog(), verify);
      } else {
        print(database.keyLog(), verify);
      }
    }
    return DONE;
  }

  private void printJson(KeyLog log, boolean verify) throws IOException, Refusal {
    ArrayNode given = StrictJson.object().putArray("given");
    KeyLog.Head head =
        log.verify(
            entry -> {
              if (!verify) {
                given.add(entry.toJson());
              }
            });
    ObjectNode document =
        StrictJson.object().put("entries", head.entries()).put("head", head.digest().hex());
    if (!verify) {
      document.set("given", given);
    }
    console.answer(document);
  }

  /** What follows a broken entry is not printed; what came before it has been. */
  private void print(KeyLog log, boolean verify) throws IOException, Refusal {
    KeyLog.Head head =
        log.verify(
            entry -> {
              if (!verify) {
                console.answer(line(entry));
              }
            });
    console.answer(
        head.entries()
            + (head.entries() == 1 ? " key" : " keys")
            + ", head "
            + head.digest().hex());
  }

  /** For what lies on no server. */
  @Command(
      name = "create",
      description = {
        "Make a key for destructive commands: FILE (mode 0600, called NAME.key) and NAME.pub beside"
            + " it, which the author has to allow (`bartizan-release destructive-key NAME.pub`)."
            + " It belongs on a stick in a safe, not on the server."
      },
      mixinStandardHelpOptions = true)
  int create(
      @Parameters(
              paramLabel = "FILE",
              converter = Arguments.KeyFileArgument.class,
              description = "NAME.key")
          KeyFile file)
      throws IOException {
    StatementKey key = file.create(random);
    console.say("key " + key.kid() + " written to " + file.path());
    return DONE;
  }

  private static String line(KeyRelease given) {
    return given.at()
        + "  "
        + given.device()
        + "  release "
        + given.release().hex()
        + "  on evidence "
        + given.evidence().hex();
  }
}
