// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.publish.BundleWriter;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.KeyWrapping;
import dev.bartizan.author.release.ReleaseBundle;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.release.ReleaseName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-release bundle}. */
@Command(
    name = "bundle",
    description = {
      "Put a release, or a suite of them, into one file, for devices that no network reaches.",
      "",
      "It holds all signed metadata and documents, the release's files, and its key as wrapped to the"
          + " devices that --devices names; without it no key at all. On the device: bartizan update --offline FILE. The device verifies it as it would"
          + " verify a server, so the file needs no protection, and it is refused once its metadata has"
          + " expired."
    })
public final class BundleCommand implements Callable<Integer> {
  private static final int MAX_CERTIFICATES = 64 << 20;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private AuthorOptions author = new AuthorOptions();

  @Parameters(paramLabel = "FILE", description = "The bundle to be written.")
  private Path target = Path.of("");

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

  @Option(
      names = "--devices",
      paramLabel = "FILE",
      description =
          "Who is to open it: unwrap certificates in PEM, of `bartizan-fleet device certificates`.")
  private Optional<Path> devices = Optional.empty();

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
    AuthorRepository repository = author.repository(clock, random);
    List<X509Certificate> recipients = recipients();
    KeyWrapping wrapping = new KeyWrapping(author.directory(), clock, random);
    return repository.use(
        open -> {
          try (BundleWriter file = new BundleWriter(repository.path(), target)) {
            ReleaseBundle bundle = new ReleaseBundle(repository, wrapping, recipients, file);
            if (subject.isSuite()) {
              bundle.writeSuite(open.trusted(), release);
            } else {
              bundle.writeModel(open.trusted(), release);
            }
            tell(release, file.count(), file.finish());
            if (recipients.isEmpty()) {
              console.say("without --devices only those open it that have the key already");
            }
            return 0;
          }
        });
  }

  private List<X509Certificate> recipients() throws IOException, Refusal {
    if (devices.isEmpty()) {
      return List.of();
    }
    byte[] pem = InputFile.read(devices.get(), MAX_CERTIFICATES);
    return Pem.certificates(new String(pem, StandardCharsets.ISO_8859_1), devices.get().toString());
  }

  private void tell(ReleaseName release, int count, long length) {
    if (json) {
      console.answer(
          StrictJson.object()
              .put(subject.isSuite() ? "suite" : "model", release.name())
              .put("version", release.version())
              .put("file", target.toString())
              .put("files", count)
              .put("bytes", length));
    } else {
      console.say(target + ": " + release + ", " + count + " files, " + length + " bytes");
    }
  }
}
