// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.result.EcsLines;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code bartizan-fleet report list}. */
@Command(
    name = "list",
    description = "Print the latest attestation result of each device.",
    mixinStandardHelpOptions = true)
final class ReportListCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Option(
      names = "--ecs",
      description = "JSON lines with the field names of the Elastic Common Schema.")
  private boolean ecs;

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of(".");

  ReportListCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    ObjectNode document = StrictJson.object();
    ArrayNode all = document.putArray("results");
    Instant now = clock.instant();
    try (FleetDatabase database = FleetParts.database(new SharedDirectory(dir), random, console)) {
      for (Device device : database.devices().all()) {
        print(device, latest(database, device), now, all);
      }
    }
    if (json) {
      console.answer(document);
    }
    return 0;
  }

  /** One that cannot be believed is none, and said so. */
  private Optional<AttestationResult> latest(FleetDatabase database, Device device)
      throws IOException {
    try {
      return database.results().latest(device.ueid());
    } catch (Refusal notOurs) {
      console.say(device.ueid() + ": " + notOurs.getMessage());
      return Optional.empty();
    }
  }

  private void print(
      Device device, Optional<AttestationResult> result, Instant now, ArrayNode all) {
    if (ecs) {
      result.ifPresent(it -> EcsLines.of(it, now).forEach(console::answer));
    } else if (json) {
      result.ifPresent(it -> all.add(it.toJson()));
    } else {
      console.answer(
          device.ueid()
              + " "
              + result.map(it -> ReportShowCommand.standing(it, now)).orElse("never appraised"));
    }
  }
}
