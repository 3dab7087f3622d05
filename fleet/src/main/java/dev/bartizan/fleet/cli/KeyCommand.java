// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.broker.FileKeyLog;
import dev.bartizan.fleet.broker.KeyLog;
import dev.bartizan.fleet.broker.KeyRelease;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bartizan-fleet key}. */
@Command(
    name = "key",
    description = "Content keys that were given against evidence.",
    mixinStandardHelpOptions = true)
public final class KeyCommand {
  private static final int DONE = 0;

  private final Console console;

  public KeyCommand(Console console) {
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
    KeyLog log = new FileKeyLog(new SharedDirectory(dir));
    KeyLog.Verified record = log.verified();
    List<KeyRelease> entries = record.entries();
    String head = record.head().hex();
    if (json) {
      ObjectNode document = StrictJson.object().put("entries", entries.size()).put("head", head);
      if (!verify) {
        ArrayNode given = document.putArray("given");
        entries.forEach(entry -> given.add(entry.toJson()));
      }
      console.answer(document);
      return DONE;
    }
    if (!verify) {
      entries.forEach(entry -> console.answer(line(entry)));
    }
    console.answer(entries.size() + (entries.size() == 1 ? " key" : " keys") + ", head " + head);
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
