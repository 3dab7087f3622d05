// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.bundle.BundleAnswer;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.DeviceCopies;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.fleet.verify.Appraisal;
import dev.bartizan.fleet.verify.FileReferences;
import dev.bartizan.fleet.verify.GoldenReport;
import dev.bartizan.fleet.verify.ReportFiles;
import dev.bartizan.fleet.verify.ResultStore;
import dev.bartizan.fleet.verify.Verifier;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
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
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-fleet report}. */
@Command(
    name = "report",
    description = "Verify, keep, unpack and read what devices report.",
    mixinStandardHelpOptions = true)
public final class ReportCommand {
  private static final int AFFIRMED = 0;
  private static final int NOT_AFFIRMED = 1;

  @Spec private CommandSpec spec = CommandSpec.create();
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  public ReportCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  /** With the commands that read what was answered before. */
  static CommandLine line(Clock clock, SecureRandom random, Console console) {
    return new CommandLine(new ReportCommand(clock, random, console))
        .addSubcommand(new ReportListCommand(clock, random, console))
        .addSubcommand(new ReportShowCommand(clock, random, console));
  }

  /** Prints the attestation result; exit code 1 when it is not affirming. */
  @Command(
      name = "verify",
      description = {
        "Appraise a report and print the attestation result (EAR).",
        "Exit code 1 unless it is affirming.",
        "",
        "A report that was kept is judged as of its day with --at, against the copies of that day"
            + " (`device copies`, reference.json, releases.json): a certificate lives a day, and the"
            + " registry has only the present one. Nobody is asked then, and nothing is kept."
      },
      mixinStandardHelpOptions = true)
  int verify(
      @Parameters(
              paramLabel = "FILE",
              arity = "0..1",
              description = "The report of `bartizan attest`; none with --bundle.")
          Optional<Path> file,
      @Option(
              names = "--nonce",
              paramLabel = "HEX",
              converter = Arguments.NonceArgument.class,
              description = "The nonce the report was asked for with; a bundle has its own.")
          Optional<Nonce> nonce,
      @Mixin BundleOptions bundle,
      @Option(
              names = {"--trust", "--dir"},
              defaultValue = ".",
              paramLabel = "DIR",
              description =
                  "The server's directory, or devices/, reference.json and releases.json of"
                      + " `device copies` (default: ${DEFAULT-VALUE}).")
          Path trust,
      @Option(
              names = "--offline",
              description = "Compare with what is there; do not ask the author's repository first.")
          boolean isOffline,
      @Option(
              names = "--at",
              paramLabel = "TIME",
              converter = Arguments.TimeArgument.class,
              description = "As of then, such as 2027-05-01T12:00:00Z.")
          Optional<Instant> at,
      @Option(names = "--json", description = "Print one JSON document.") boolean json)
      throws IOException, Refusal, InterruptedException {
    SharedDirectory directory = new SharedDirectory(trust);
    if (bundle.file().isPresent()) {
      requireNothingBeside(file, nonce);
      return print(bundle.judge(directory, at), json);
    }
    return verify(
        required(file, "FILE"), required(nonce, "--nonce"), directory, at, !isOffline, json);
  }

  private int verify(
      Path file,
      Nonce nonce,
      SharedDirectory directory,
      Optional<Instant> at,
      boolean asks,
      boolean json)
      throws IOException, Refusal, InterruptedException {
    Instant then = at.orElseGet(clock::instant);
    if (!FleetSettings.areIn(directory)) {
      return exitCode(appraise(file, nonce, directory, new DeviceCopies(directory), then, json));
    }
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      if (asks && at.isEmpty()) {
        refresh(directory, database.devices());
      }
      Appraisal appraisal = appraise(file, nonce, directory, database.devices(), then, json);
      if (at.isEmpty()) {
        remember(appraisal, database.devices());
        keep(appraisal.result(), directory, database.results());
      }
      return exitCode(appraisal);
    }
  }

  private <T> T required(Optional<T> argument, String name) {
    return argument.orElseThrow(
        () -> new ParameterException(spec.commandLine(), "missing: " + name + ", or --bundle"));
  }

  private void requireNothingBeside(Optional<Path> file, Optional<Nonce> nonce) {
    if (file.isPresent() || nonce.isPresent()) {
      throw new ParameterException(spec.commandLine(), "a bundle has its report and its nonce");
    }
  }

  private static int exitCode(Appraisal appraisal) {
    return exitCode(appraisal.result());
  }

  private static int exitCode(AttestationResult result) {
    return result.status() == TrustTier.AFFIRMING ? AFFIRMED : NOT_AFFIRMED;
  }

  private int print(BundleAnswer answer, boolean json) {
    if (json) {
      console.answer(answer.toJson());
    } else {
      print(answer.result());
      console.answer("as of " + answer.at() + ", by whose word:");
      answer.words().forEach(word -> console.answer("  " + word.line()));
    }
    return exitCode(answer.result());
  }

  /** One file that is verified years later. */
  @Command(
      name = "bundle",
      description = {
        "Write one file that holds a report and all that is needed to verify it years later, with"
            + " the network cut: report verify --bundle FILE. Its result is the one that was given"
            + " for the nonce, or one that is given now."
      },
      mixinStandardHelpOptions = true)
  int bundle(
      @Parameters(paramLabel = "FILE", description = "The report of `bartizan attest`.") Path file,
      @Option(
              names = "--nonce",
              required = true,
              paramLabel = "HEX",
              converter = Arguments.NonceArgument.class,
              description = "The nonce the report was asked for with.")
          Nonce nonce,
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "The bundle.")
          Path out,
      @Option(
              names = "--dir",
              defaultValue = ".",
              paramLabel = "DIR",
              description = "The server's directory (default: the current one).")
          Path dir)
      throws IOException, Refusal {
    SharedDirectory directory = new SharedDirectory(dir);
    try (FleetDatabase database = FleetParts.database(directory, random, console);
        OutputFile target = OutputFile.create(out, file)) {
      AttestationResult result =
          new BundledReport(directory, database, clock, random).write(file, nonce, target, out);
      target.commit();
      console.say(out + ": the result of " + result.issuedAt() + ", " + result.status().text());
      return exitCode(result);
    }
  }

  private Appraisal appraise(
      Path file,
      Nonce nonce,
      SharedDirectory directory,
      DeviceRegistry registry,
      Instant then,
      boolean json)
      throws IOException, Refusal {
    Verifier verifier = new Verifier(registry, new FileReferences(directory).current());
    Appraisal appraisal = verifier.appraise(read(file), nonce, then);
    print(appraisal.result(), new OperatorKeys(directory), json);
    return appraisal;
  }

  /** The answer is of the newest that is known, and says so when that may not be the newest. */
  private void refresh(SharedDirectory directory, DeviceRegistry registry)
      throws InterruptedException {
    try {
      FleetParts.authorSync(
              directory, registry, new WrappedKeyVault(directory, random), clock, random)
          .sync();
    } catch (Refusal refused) {
      console.say("compared with what was known before: " + Explanation.of(refused));
    } catch (IOException away) {
      console.say("compared with what was known before: " + Explanation.of(away));
    }
  }

  /** Learns what the boot of a golden device looks like. */
  @Command(
      name = "learn",
      description = {
        "Write the reference values that follow from the report of a golden device. They count when"
            + " the author has signed them: bartizan-release reference --document FILE."
      },
      mixinStandardHelpOptions = true)
  int learn(
      @Parameters(paramLabel = "FILE", description = "The report of `bartizan attest`.") Path file,
      @Option(
              names = "--profile",
              required = true,
              paramLabel = "P",
              converter = Arguments.ProfileArgument.class,
              description = "The kind of hardware that the device is of.")
          String profile,
      @Option(
              names = "--nonce",
              paramLabel = "HEX",
              converter = Arguments.NonceArgument.class,
              description = "The nonce the report was asked for with.")
          Optional<Nonce> nonce,
      @Option(names = "--out", required = true, paramLabel = "FILE", description = "The document.")
          Path out,
      @Option(
              names = "--dir",
              defaultValue = ".",
              paramLabel = "DIR",
              description = "The server's directory (default: the current one).")
          Path dir)
      throws IOException, Refusal {
    Evidence report = read(file);
    if (nonce.isEmpty()) {
      console.say(file + ": how old it is was not checked; --nonce would");
    }
    ReferenceValues values = learn(new SharedDirectory(dir), profile, report, nonce);
    try (OutputFile target = OutputFile.create(out, file)) {
      target.write(ByteBuffer.wrap(values.toJson()));
      target.commit();
    }
    console.say(out + ": to be signed, bartizan-release reference --document " + out);
    return AFFIRMED;
  }

  private ReferenceValues learn(
      SharedDirectory directory, String profile, Evidence report, Optional<Nonce> nonce)
      throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      return GoldenReport.learn(
          profile,
          report,
          nonce.isPresent() ? nonce.get() : report.unverifiedClaims().nonce(),
          database.devices(),
          clock.instant());
    }
  }

  /** Writes the members of a report as files; verifies nothing. */
  @Command(
      name = "unpack",
      description = {
        "Write a report's members as files that other tools read. Verifies nothing. Then:",
        "tpm2_checkquote -u ak.pem -m quote.msg -s quote.sig -g sha256 -q $(cat qualification.hex)"
      },
      mixinStandardHelpOptions = true)
  int unpack(
      @Parameters(paramLabel = "FILE", description = "The report of `bartizan attest`.") Path file,
      @Parameters(paramLabel = "DIR", description = "Where the files go.") Path target)
      throws IOException, Refusal {
    for (String name : ReportFiles.NAMES) {
      OutputFile.requireOther(target.resolve(name), file);
    }
    ReportFiles.write(read(file), new SharedDirectory(target));
    console.say("unpacked into " + target + "; nothing was verified");
    return AFFIRMED;
  }

  private static Evidence read(Path file) throws IOException, Refusal {
    Path absolute = file.toAbsolutePath();
    SharedDirectory folder = new SharedDirectory(absolute.resolveSibling(""));
    return Evidence.read(folder.read(String.valueOf(absolute.getFileName()), Evidence.MAX_LENGTH));
  }

  private void print(AttestationResult result, OperatorKeys keys, boolean json)
      throws IOException, Refusal {
    if (json) {
      ObjectNode document = StrictJson.object();
      document.set("result", result.toJson());
      if (keys.has(OperatorKeys.VERIFIER)) {
        document.put("jwt", result.sign(keys.signer(OperatorKeys.VERIFIER)));
      }
      console.answer(document);
      return;
    }
    print(result);
  }

  private void print(AttestationResult result) {
    ReportShowCommand.print(result, result.status().text().toUpperCase(Locale.ROOT), console);
  }

  /** For whoever relies on it: a device's certificate is renewed upon it. */
  private void keep(AttestationResult result, SharedDirectory directory, ResultStore results)
      throws Refusal {
    try {
      if (new OperatorKeys(directory).has(OperatorKeys.VERIFIER)) {
        results.keep(result);
      }
    } catch (IOException readOnly) {
      console.say("result not kept: " + readOnly.getMessage());
    }
  }

  /** A directory that cannot be written still gives its answer; only the memory is poorer. */
  private void remember(Appraisal appraisal, DeviceRegistry registry) throws Refusal {
    if (appraisal.boot().isEmpty()) {
      return;
    }
    try {
      registry.sawBoot(appraisal.result().ueid(), appraisal.boot().get());
    } catch (IOException readOnly) {
      console.say("boot counts not remembered: " + readOnly.getMessage());
    }
  }
}
