// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.publish.BundleWriter;
import dev.bartizan.fleet.release.OperatorRepository;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.EnvelopePath;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.protocol.release.SealedFile;
import dev.bartizan.protocol.release.SoftwareFile;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.protocol.release.SuiteManifest;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet bundle}. */
@Command(
    name = "bundle",
    description = {
      "Put a release, or a suite of them, into one file, for devices that no network reaches.",
      "",
      "It holds all signed metadata and documents, the release's files, and its key as wrapped to each"
          + " device. On the device: bartizan update --offline FILE. The device verifies it as it would"
          + " verify a server, so the file needs no protection, and it is refused once its metadata has"
          + " expired."
    })
public final class BundleCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Parameters(paramLabel = "FILE", description = "The bundle to be written.")
  private Path file = Path.of("");

  @ArgGroup(multiplicity = "1")
  private Subject subject = new Subject();

  /** What the bundle is about. */
  static final class Subject {
    @Option(
        names = "--model",
        required = true,
        paramLabel = "NAME",
        description = "The model whose release it is.")
    private String model = "";

    @Option(
        names = "--suite",
        required = true,
        paramLabel = "NAME",
        description = "The suite: all of its members come along.")
    private String suite = "";

    boolean isSuite() {
      return !suite.isEmpty();
    }

    String name() {
      return isSuite() ? suite : model;
    }
  }

  @Option(
      names = "--version",
      required = true,
      paramLabel = "VERSION",
      description = "Which release.")
  private String version = "";

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  public BundleCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    ReleaseName release = ReleaseName.parse(subject.name(), version, "bundle");
    OperatorRepository repository = operator.repository(clock, random);
    return repository.use(
        open -> {
          try (BundleWriter bundle = new BundleWriter(repository.path(), file)) {
            writeDocuments(bundle, open.trusted());
            if (subject.isSuite()) {
              writeSuite(bundle, open.trusted(), release, repository);
            } else {
              writeModel(bundle, open.trusted(), release.modelTarget(), repository);
            }
            tell(release, bundle.count(), bundle.finish());
            return 0;
          }
        });
  }

  /** What a device asks for first. */
  private static void writeDocuments(BundleWriter bundle, TrustedTargets signed)
      throws IOException, Refusal {
    bundle.addAll("metadata");
    for (String documents : List.of("policy/", "reference/", "software/")) {
      for (TargetFile small : signed.list(documents).values()) {
        bundle.add(OperatorRepository.place(signed, small));
      }
    }
  }

  private static void writeSuite(
      BundleWriter bundle, TrustedTargets signed, ReleaseName release, OperatorRepository from)
      throws IOException, Refusal {
    TargetFile target = signed.get(release.suiteTarget());
    SuiteManifest suite = SuiteManifest.parse(from.content(signed, target));
    bundle.add(OperatorRepository.place(signed, target));
    for (Map.Entry<String, SuiteManifest.Member> member : suite.members().entrySet()) {
      String path = SuiteManifest.memberTarget(member.getKey(), member.getValue().version());
      if (SuiteManifest.isSoftware(member.getKey())) {
        writeSoftware(bundle, signed, path, from);
      } else {
        writeModel(bundle, signed, path, from);
      }
    }
  }

  private static void writeSoftware(
      BundleWriter bundle, TrustedTargets signed, String path, OperatorRepository from)
      throws IOException, Refusal {
    TargetFile target = signed.get(path);
    byte[] document = from.content(signed, target);
    for (SoftwareFile file : SoftwareManifest.parse(document).files().values()) {
      bundle.add(SoftwareManifest.path(file.digest()));
    }
  }

  private static void writeModel(
      BundleWriter bundle, TrustedTargets signed, String path, OperatorRepository from)
      throws IOException, Refusal {
    TargetFile target = signed.get(path);
    byte[] document = from.content(signed, target);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    bundle.add(OperatorRepository.place(signed, target));
    bundle.addAll(EnvelopePath.folder(target.sha256()));
    for (SealedFile artifact : artifacts(manifest)) {
      bundle.add(artifact.path());
    }
  }

  private static List<SealedFile> artifacts(ReleaseManifest manifest) {
    List<SealedFile> artifacts = new ArrayList<>();
    manifest.golden().ifPresent(golden -> artifacts.add(golden.sealed()));
    manifest.deltas().stream().map(DeltaOffer::sealed).forEach(artifacts::add);
    artifacts.add(manifest.whole());
    return artifacts;
  }

  private void tell(ReleaseName release, int count, long length) {
    if (json) {
      console.answer(
          StrictJson.object()
              .put(subject.isSuite() ? "suite" : "model", release.name())
              .put("version", release.version())
              .put("file", file.toString())
              .put("files", count)
              .put("bytes", length));
    } else {
      console.say(file + ": " + release + ", " + count + " files, " + length + " bytes");
    }
  }
}
