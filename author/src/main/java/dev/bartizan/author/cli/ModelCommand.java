// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.author.release.ReleaseAuthor;
import dev.bartizan.author.release.ReleaseDraft;
import dev.bartizan.author.release.RuntimeTrial;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.ProgressLine;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

/** {@code bartizan-release model}. */
@Command(
    name = "model",
    sortOptions = false,
    description = {
      "Release a model: run it and its golden vectors as devices will, encrypt FILE with a new key,"
          + " build the differences from older versions, wrap the key to the key brokers of the known"
          + " fleets, and sign what devices are to believe.",
      "",
      "Weights that FILE keeps in other files beside it become part of what is released.",
      "",
      "Nothing is visible to devices before all of it is. A version is released once; to take one"
          + " back, release a newer one.",
      "",
      "Options:"
    },
    footer = {
      "",
      "Examples:",
      "  bartizan-release model defect.onnx --name defect --version 1.0.0 \\",
      "      --golden golden/",
      "  bartizan-release model defect.onnx --name defect --version 1.1.0 \\",
      "      --golden golden/ --delta-from 1.0.0 --probation 600"
    })
public final class ModelCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The model: plain ONNX.")
  private Path file = Path.of("");

  @Option(
      names = "--name",
      required = true,
      paramLabel = "N",
      description = "Which model: lower-case letters, digits, . _ -")
  private String name = "";

  @Option(
      names = "--version",
      required = true,
      paramLabel = "V",
      description = "Which version: begins with a digit.")
  private String version = "";

  @Option(
      names = "--golden",
      paramLabel = "DIR",
      description = {
        "Inputs and the outputs they must give on each device before the version may serve:"
            + " test_data_set_N/input_M.pb, output_M.pb."
      })
  private Optional<Path> golden = Optional.empty();

  @Option(
      names = "--rtol",
      defaultValue = "1e-3",
      paramLabel = "X",
      description = "Golden outputs may differ by this fraction (default: ${DEFAULT-VALUE})")
  private double relativeTolerance;

  @Option(
      names = "--atol",
      defaultValue = "1e-7",
      paramLabel = "Y",
      description = "and by this much on top (default: ${DEFAULT-VALUE}).")
  private double absoluteTolerance;

  @Option(
      names = "--untried",
      description = {
        "Do not run it here first. Each device still does, and refuses what fails: for models that"
            + " this machine cannot run, and to see devices refuse one."
      })
  private boolean untried;

  @Option(
      names = "--delta-from",
      split = ",",
      paramLabel = "V",
      description = "Older versions from which devices update by a difference.")
  private Set<String> deltaFrom = Set.of();

  @Option(
      names = "--epoch",
      paramLabel = "E",
      description = {
        "Raise it when devices must never go back to releases before this one (default: that of"
            + " the model's other releases)."
      })
  private Optional<Long> epoch = Optional.empty();

  @Option(
      names = "--probation",
      defaultValue = "60",
      paramLabel = "SECONDS",
      description = "How long a device watches it before it counts (default: ${DEFAULT-VALUE}).")
  private int probation;

  @Option(
      names = "--max-error-per-mille",
      defaultValue = "10",
      paramLabel = "N",
      description = "More failed requests in a thousand roll it back (default: ${DEFAULT-VALUE}).")
  private int errorsPerMille;

  @Option(
      names = "--max-latency-percent",
      defaultValue = "300",
      paramLabel = "N",
      description = {
        "A median latency above this percentage of the previous version's rolls it back"
            + " (default: ${DEFAULT-VALUE})."
      })
  private int latencyPercent;

  @Option(
      names = "--keys",
      defaultValue = "ahead",
      paramLabel = "ahead|attested",
      converter = DeliveryArgument.class,
      description = {
        "When devices get its content key: ahead of their asking, or against fresh evidence that the"
            + " fleet's key broker finds affirming, each time recorded (default: ${DEFAULT-VALUE})."
      })
  private KeyDelivery keys = KeyDelivery.AHEAD;

  @Mixin private AuthorOptions author = new AuthorOptions();

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  /** By the name that documents have for it. */
  static final class DeliveryArgument implements ITypeConverter<KeyDelivery> {
    @Override
    public KeyDelivery convert(String text) {
      return KeyDelivery.find(text)
          .orElseThrow(() -> new TypeConversionException(text + " is not ahead or attested"));
    }
  }

  public ModelCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    ReleaseDraft draft = draft();
    SharedDirectory directory = author.directory();
    ProgressLine progress =
        ProgressLine.on(new PrintWriter(console.err(), true, StandardCharsets.UTF_8));
    try {
      print(
          new ReleaseAuthor(
                  directory,
                  author.repository(clock, random),
                  BulkCrypto.fastest(),
                  random,
                  progress::show,
                  untried ? (model, vectors) -> Optional.empty() : new RuntimeTrial(),
                  clock)
              .release(draft));
    } finally {
      progress.end();
    }
    return 0;
  }

  private ReleaseDraft draft() {
    try {
      return new ReleaseDraft(
          new ReleaseName(name, version),
          file,
          golden.map(
              directory ->
                  new ReleaseDraft.Golden(directory, relativeTolerance, absoluteTolerance)),
          deltaFrom,
          epoch.isPresent() ? OptionalLong.of(epoch.get()) : OptionalLong.empty(),
          new ProbationLimits(Duration.ofSeconds(probation), errorsPerMille, latencyPercent),
          keys);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private void print(ReleaseAuthor.Released released) {
    if (json) {
      console.answer(document(released));
      return;
    }
    ReleaseManifest manifest = released.manifest();
    console.answer(manifest.release() + ": " + released.digest());
    console.answer("  whole  " + manifest.whole().length() + " bytes");
    for (DeltaOffer delta : manifest.deltas()) {
      String from = "  from " + delta.fromVersion();
      console.answer(from + "  " + delta.file().length() + " bytes");
    }
    if (untried) {
      console.answer("  not tried here");
    } else {
      released.golden().ifPresent(proof -> console.answer("  golden " + line(proof)));
    }
    console.answer(
        released.brokers() == 0
            ? "  key wrapped to nobody: `bartizan-release fleet` makes a fleet's server known"
            : "  key wrapped to "
                + released.brokers()
                + (released.brokers() == 1 ? " key broker" : " key brokers"));
  }

  private static String line(ReleaseAuthor.Proof proof) {
    String sets = proof.sets() + (proof.sets() == 1 ? " set" : " sets");
    return proof.deviation().largest() == 0
        ? sets + ", all as expected here"
        : sets
            + ", the largest difference here is "
            + RuntimeTrial.amount(proof.deviation().largest())
            + " ("
            + proof.deviation().place()
            + "), which needs "
            + RuntimeTrial.needs(proof.deviation());
  }

  private ObjectNode document(ReleaseAuthor.Released released) {
    ReleaseManifest manifest = released.manifest();
    ObjectNode document =
        StrictJson.object()
            .put("name", manifest.release().name())
            .put("version", manifest.release().version())
            .put("release", released.digest().hex())
            .put("model_sha256", manifest.digest().hex())
            .put("model_length", manifest.model().length())
            .put("whole_length", manifest.whole().length());
    ArrayNode deltas = document.putArray("deltas");
    for (DeltaOffer delta : manifest.deltas()) {
      ObjectNode offer = deltas.addObject().put("from", delta.fromVersion());
      offer.put("length", delta.file().length());
    }
    if (!untried) {
      released.golden().ifPresent(proof -> describe(proof, document.putObject("golden")));
    }
    return document.put("key_brokers", released.brokers());
  }

  private static void describe(ReleaseAuthor.Proof proof, ObjectNode document) {
    document
        .put("sets", proof.sets())
        .put("largest_difference", proof.deviation().largest())
        .put("atol_needed", proof.deviation().absoluteNeeded());
    if (Double.isFinite(proof.deviation().relativeNeeded())) {
      document.put("rtol_needed", proof.deviation().relativeNeeded());
    }
  }
}
