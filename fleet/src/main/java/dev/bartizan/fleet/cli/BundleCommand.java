package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.fleet.publish.BundleWriter;
import dev.bartizan.fleet.release.OperatorRepository;
import dev.bartizan.updater.release.DeltaOffer;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.release.SealedFile;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TrustedTargets;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet bundle}. */
@Command(
    name = "bundle",
    description = {
      "Put a release into one file, for devices that no network reaches.",
      "",
      "It holds all signed metadata and documents, the release's files, and its key as wrapped to each"
          + " device. On the device: bartizan update --offline FILE. The device verifies it as it would"
          + " verify a server, so the file needs no protection, and it is refused once its metadata has"
          + " expired."
    })
public final class BundleCommand implements Callable<Integer> {
  private static final String TARGETS = "targets/";

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private OperatorOptions operator = new OperatorOptions();

  @Parameters(paramLabel = "FILE", description = "The bundle to be written.")
  private Path file = Path.of("");

  @Option(
      names = "--model",
      required = true,
      paramLabel = "NAME",
      description = "The model whose release it is.")
  private String model = "";

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
    ReleaseName release = ReleaseName.parse(model, version, "bundle");
    OperatorRepository repository = operator.repository(clock, random);
    return repository.use(
        open -> {
          try (BundleWriter bundle = new BundleWriter(repository.path(), file)) {
            write(bundle, open.trusted(), release, repository);
            tell(release, bundle.count(), bundle.finish());
            return 0;
          }
        });
  }

  /** In the order in which a device asks. */
  private static void write(
      BundleWriter bundle, TrustedTargets signed, ReleaseName release, OperatorRepository from)
      throws IOException, Refusal {
    TargetFile target = signed.get(release.modelTarget());
    byte[] document = from.content(TARGETS + signed.urlPath(target), target);
    ReleaseManifest manifest = ReleaseManifest.parse(document);
    bundle.addAll("metadata");
    for (String documents : List.of("policy/", "reference/", "software/")) {
      for (TargetFile small : signed.list(documents).values()) {
        bundle.add(TARGETS + signed.urlPath(small));
      }
    }
    bundle.add(TARGETS + signed.urlPath(target));
    bundle.addAll("keys/" + target.sha256().hex());
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
              .put("model", release.name())
              .put("version", release.version())
              .put("file", file.toString())
              .put("files", count)
              .put("bytes", length));
    } else {
      console.say(file + ": " + release + ", " + count + " files, " + length + " bytes");
    }
  }
}
