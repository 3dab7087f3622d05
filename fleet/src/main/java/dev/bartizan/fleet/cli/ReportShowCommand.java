// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.result.EcsLines;
import dev.bartizan.fleet.result.ResultPage;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.result.AttestationResult;
import dev.bartizan.protocol.result.TrustTier;
import dev.bartizan.updater.disk.OutputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet report show}. */
@Command(
    name = "show",
    description = {
      "Print the latest attestation result of a device, with its reasons.",
      "Exit code 1 unless it is affirming and may still be relied on."
    },
    mixinStandardHelpOptions = true)
final class ReportShowCommand implements Callable<Integer> {
  private static final int AFFIRMED = 0;
  private static final int NOT_AFFIRMED = 1;

  /** Until the command line is parsed. */
  private static final Ueid NOBODY = Ueid.of(Digest.ofValue(new byte[Digest.LENGTH]));

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Parameters(
      paramLabel = "UEID",
      converter = Arguments.UeidArgument.class,
      description = "The device's id.")
  private Ueid ueid = NOBODY;

  @Option(
      names = "--ecs",
      description = "JSON lines with the field names of the Elastic Common Schema.")
  private boolean ecs;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      description = "Write a page that a person reads: one file, no script, nothing fetched.")
  private Optional<Path> html = Optional.empty();

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of(".");

  ReportShowCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    Instant now = clock.instant();
    Optional<AttestationResult> latest = latest();
    if (latest.isEmpty()) {
      console.say(ueid + ": there is no result of it, or none that is kept any more");
      return NOT_AFFIRMED;
    }
    AttestationResult result = latest.get();
    if (html.isPresent()) {
      write(html.get(), ResultPage.of(result, now));
    }
    print(result, now);
    return result.status() == TrustTier.AFFIRMING && now.isBefore(result.expiresAt())
        ? AFFIRMED
        : NOT_AFFIRMED;
  }

  private Optional<AttestationResult> latest() throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(new SharedDirectory(dir), random, console)) {
      return database.results().latest(database.devices().get(ueid).ueid());
    }
  }

  private static void write(Path file, byte[] page) throws IOException {
    try (OutputFile target = OutputFile.create(file)) {
      target.write(ByteBuffer.wrap(page));
      target.commit();
    }
  }

  private void print(AttestationResult result, Instant now) {
    if (ecs) {
      EcsLines.of(result, now).forEach(console::answer);
    } else if (json) {
      console.answer(result.toJson());
    } else {
      print(result, standing(result, now), console);
    }
  }

  /** For people: how the device stands, each element of the vector, each reason. */
  static void print(AttestationResult result, String standing, Console console) {
    console.answer(result.ueid() + ": " + standing);
    result.vector().forEach((claim, value) -> console.answer("  " + claim.text() + " " + value));
    for (AttestationResult.Reason reason : result.reasons()) {
      console.answer("  " + reason.code() + ": " + reason.detail());
    }
  }

  /** The status and its time; of one that nobody may rely on any more that it is stale. */
  static String standing(AttestationResult result, Instant now) {
    String status = result.status().text().toUpperCase(Locale.ROOT) + ", " + result.issuedAt();
    return now.isBefore(result.expiresAt()) ? status : "STALE: was " + status;
  }
}
