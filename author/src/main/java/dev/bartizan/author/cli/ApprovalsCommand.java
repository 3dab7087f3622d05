// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.BootAuthority;
import dev.bartizan.author.release.BootReference;
import dev.bartizan.author.release.SignedDocuments;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.PcrApproval;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.updater.disk.OutputFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bartizan-release approvals}. */
@Command(
    name = "approvals",
    mixinStandardHelpOptions = true,
    description = {
      "Approve boot states, in which the unwrap keys of devices with an authority work (see"
          + " keystore.authority in agent.toml): before a new kernel is rolled out, and without its"
          + " image having to carry the signature.",
      "",
      "The authority's signature is what counts, and each TPM checks it. This only brings it to the"
          + " devices of a hardware profile, in the place of what was there."
    },
    footer = {
      "",
      "Examples:",
      "  bartizan-release approvals --profile camera --file tpm2-pcr-signature.json",
      "  bartizan-release approvals --profile camera --key authority.pem --sign sha256:11 \\",
      "      --values pcrs.json --also"
    })
final class ApprovalsCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--profile",
      required = true,
      paramLabel = "P",
      converter = Arguments.ProfileArgument.class,
      description = "The hardware profile whose devices are to have them.")
  private String profile = "";

  @Option(
      names = "--file",
      paramLabel = "FILE",
      description = "Signed ones: what systemd-measure and ukify write. May be given repeatedly.")
  private List<Path> files = new ArrayList<>();

  @ArgGroup(exclusive = false)
  private @Nullable Signing signing;

  @Option(names = "--also", description = "Keep those that were approved before.")
  private boolean also;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Also write them here: a device that is yet to enrol has to find them in a file"
              + " (keystore.approvals in agent.toml).")
  private Optional<Path> out = Optional.empty();

  @Mixin private AuthorOptions author = new AuthorOptions();

  /** One to sign here. */
  static final class Signing {
    @Option(
        names = "--key",
        required = true,
        paramLabel = "FILE",
        description = "The authority's private key in PEM: P-256 or RSA.")
    private Path key = Path.of("");

    @Option(
        names = "--sign",
        required = true,
        paramLabel = "PCRS",
        description = "Which PCRs to approve the values of, such as sha256:11 or sha256:4,7,9.")
    private String pcrs = "";

    @Option(
        names = "--values",
        required = true,
        paramLabel = "FILE",
        description = "The pcrs.json of `report unpack`, or what `bartizan eventlog --json` says.")
    private Path values = Path.of("");
  }

  ApprovalsCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    List<PcrApproval> approvals = new ArrayList<>();
    for (Path file : files) {
      byte[] json = InputFile.read(file, PcrApproval.MAX_LENGTH);
      approvals.addAll(PcrApproval.parse(json, file.toString()));
    }
    if (signing != null) {
      approvals.add(sign(signing));
    }
    if (approvals.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "nothing to approve: give --file, or --key, --sign and --values");
    }
    SignedDocuments documents =
        new SignedDocuments(author.directory(), author.repository(clock, random));
    byte[] document = documents.approvals(profile, approvals, also);
    if (out.isPresent()) {
      try (OutputFile file = OutputFile.create(out.get(), files.toArray(Path[]::new))) {
        file.write(ByteBuffer.wrap(document));
        file.commit();
      }
    }
    int count = PcrApproval.parse(document, profile).size();
    console.say("profile " + profile + ": " + count + " boot states approved");
    return 0;
  }

  private PcrApproval sign(Signing wanted) throws IOException, Refusal {
    byte[] values = InputFile.read(wanted.values, BootReference.MAX_LENGTH);
    byte[] pem = InputFile.read(wanted.key, BootAuthority.MAX_LENGTH);
    return BootAuthority.read(pem, wanted.key.toString())
        .approve(selection(wanted.pcrs), BootReference.values(values, wanted.values.toString()));
  }

  private PcrSelection selection(String text) {
    try {
      return PcrSelection.parse(text);
    } catch (IllegalArgumentException notASelection) {
      throw new ParameterException(
          spec.commandLine(), "--sign: is not a selection of PCRs, as sha256:11", notASelection);
    }
  }
}
