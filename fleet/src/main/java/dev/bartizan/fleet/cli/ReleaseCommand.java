// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import static java.util.stream.Collectors.joining;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.fleet.identity.Inventory;
import dev.bartizan.fleet.release.BootReference;
import dev.bartizan.fleet.release.SignedDocuments;
import dev.bartizan.fleet.release.SoftwareTree;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.evidence.Evidence;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.tuf.RoleName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-fleet release}, but for models and suites of them. */
@Command(
    name = "release",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel =
        "(model | suite | software | policy | reference | approvals | refresh)",
    description = "Sign what devices are to believe, each thing under the role that may say it.")
public final class ReleaseCommand {
  private static final int DONE = 0;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  public ReleaseCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  /** The files of one version of the agent. */
  @Command(
      name = "software",
      description = {
        "Vouch for the files of the agent: everything below DIST/bin and DIST/lib.",
        "",
        "DIST is the tree as it lies on devices, such as /usr/lib/bartizan: a file that is missing"
            + " there, and one that is too many, both break the boot chain."
      },
      footer = {"", "Example:", "  bartizan-fleet release software dist --version 0.1.0"})
  int software(
      @Parameters(paramLabel = "DIST", description = "An installation of the agent.") Path dist,
      @Option(
              names = "--version",
              required = true,
              paramLabel = "V",
              description = "What the agent calls itself: `bartizan --version`.")
          String version,
      @Option(
              names = "--deliver",
              description =
                  "Also serve the files, for devices to update themselves by: `command update"
                      + " software=agent version=V`.")
          boolean isDelivered,
      @Mixin HelpOption help,
      @Mixin OperatorOptions operator)
      throws IOException, Refusal {
    SoftwareManifest manifest = manifest(dist, version);
    documents(operator).software(manifest, isDelivered ? Optional.of(dist) : Optional.empty());
    console.say(manifest.release() + ": " + manifest.files().size() + " files");
    return DONE;
  }

  /** What devices may do alone. */
  @Command(
      name = "policy",
      mixinStandardHelpOptions = true,
      description = {
        "Replace the devices' policy. The directory's command key may give the commands update,"
            + " rollback, attest, status and cancel; what is not given here, devices do not do."
      },
      footer = {"", "Example:", "  bartizan-fleet release policy --models defect,wear"})
  int policy(
      @Option(
              names = "--models",
              split = ",",
              paramLabel = "NAME",
              description = "Which models devices are to serve.")
          Set<String> models,
      @Option(
              names = "--updates-alone",
              description = "Devices install newer releases without a command.")
          boolean updatesAlone,
      @Option(
              names = "--serve-unknown-boot",
              description =
                  "Devices serve although a link of the boot chain is unknown, as on hardware"
                      + " without event logs or without a TPM; what is bad never serves.")
          boolean serveUnknownBoot,
      @Option(
              names = "--keystores",
              paramLabel = "KIND",
              split = ",",
              description = "Only devices with these keystores serve: tpm2, pkcs11, software.")
          Set<String> keystores,
      @Mixin UpdateTimesOptions times,
      @Mixin OperatorOptions operator)
      throws IOException, Refusal {
    documents(operator)
        .policy(
            models == null ? Set.of() : models,
            updatesAlone,
            serveUnknownBoot,
            kinds(keystores == null ? Set.of() : keystores),
            times.times());
    return DONE;
  }

  /** Where reference values come from. */
  static final class Source {
    @Option(
        names = "--learn-from",
        required = true,
        paramLabel = "REPORT",
        description = "A report of `bartizan attest` by an enrolled device in a good state.")
    private Optional<Path> report = Optional.empty();

    @Option(
        names = "--pcrs",
        required = true,
        paramLabel = "FILE",
        description = "The pcrs.json of `report unpack`, or what `bartizan eventlog --json` says.")
    private Optional<Path> pcrs = Optional.empty();

    @Option(
        names = "--document",
        required = true,
        paramLabel = "FILE",
        description = "A whole document, written by hand: see reference/PROFILE.json in the docs.")
    private Optional<Path> document = Optional.empty();
  }

  /** The logs of the boot that led to {@code --pcrs}. */
  static final class Logs {
    @Option(
        names = "--event-log",
        paramLabel = "FILE",
        description = "With --pcrs: the binary_bios_measurements that replays to them.")
    private Optional<Path> firmware = Optional.empty();

    @Option(
        names = "--userspace-log",
        paramLabel = "FILE",
        description = "With --event-log: systemd's tpm2-measure.log of the same boot.")
    private Optional<Path> userspace = Optional.empty();

    BootLogs read() throws IOException {
      return new BootLogs(read(firmware), read(userspace));
    }

    private static Optional<Bytes> read(Optional<Path> log) throws IOException {
      return log.isEmpty()
          ? Optional.empty()
          : Optional.of(Bytes.of(InputFile.read(log.get(), Evidence.MAX_BOOT_LOG)));
    }
  }

  /** What a boot chain must look like. */
  @Command(
      name = "reference",
      mixinStandardHelpOptions = true,
      description = {
        "Replace the reference values of a hardware profile: which PCR values are good and, where"
            + " the boot left an event log, which measurements led to them. Devices check themselves"
            + " against them, and `report verify` checks devices."
      },
      footer = {
        "",
        "Example:",
        "  bartizan-fleet release reference --profile default --learn-from golden.cmw \\",
        "      --nonce 00112233445566778899aabbccddeeff"
      })
  int reference(
      @Option(
              names = "--profile",
              required = true,
              paramLabel = "P",
              converter = Arguments.ProfileArgument.class)
          String profile,
      @ArgGroup(multiplicity = "1") Source source,
      @Option(
              names = "--nonce",
              paramLabel = "HEX",
              converter = Arguments.NonceArgument.class,
              description = "With --learn-from: the report must be the answer to this one.")
          Optional<Nonce> nonce,
      @Mixin Logs logs,
      @Option(
              names = "--also",
              description = "Accept it beside what is accepted already, instead of replacing that.")
          boolean also,
      @Option(
              names = "--leave-open",
              paramLabel = "PCR",
              split = ",",
              description =
                  "Say nothing of these PCRs: what a machine has for itself, such as 1 (settings) or"
                      + " 15 (its identity). A boot PCR that is neither known nor left open makes"
                      + " each device's boot unknown.")
          Set<Integer> leaveOpen,
      @Mixin OperatorOptions operator)
      throws IOException, Refusal {
    ReferenceValues values = values(profile, source, nonce, logs, operator);
    if (leaveOpen != null) {
      if (!BootPcrs.ALL.containsAll(leaveOpen)) {
        throw new ParameterException(spec.commandLine(), "--leave-open: boot PCRs are 0 to 15");
      }
      values = values.leavingOpen(leaveOpen);
    }
    SignedDocuments documents = documents(operator);
    if (also) {
      values = documents.alsoReference(values);
    } else {
      documents.reference(values);
    }
    console.say(
        "profile "
            + profile
            + ": "
            + values.boots().stream().map(ReleaseCommand::describe).collect(joining("; or ")));
    return DONE;
  }

  private static String describe(AcceptedBoot boot) {
    return boot.values().size() + " PCRs, " + boot.events().size() + " of them event by event";
  }

  private ReferenceValues values(
      String profile, Source source, Optional<Nonce> nonce, Logs logs, OperatorOptions operator)
      throws IOException, Refusal {
    if (source.pcrs.isEmpty() && (logs.firmware.isPresent() || logs.userspace.isPresent())) {
      throw new ParameterException(spec.commandLine(), "--event-log goes with --pcrs");
    }
    if (source.pcrs.isPresent()) {
      byte[] json = InputFile.read(source.pcrs.get(), BootReference.MAX_LENGTH);
      return BootReference.read(profile, json, logs.read(), source.pcrs.get().toString());
    }
    return source.document.isPresent()
        ? written(profile, source.document.get())
        : learn(profile, source.report.orElseThrow(), nonce, operator);
  }

  private ReferenceValues written(String profile, Path file) throws IOException, Refusal {
    ReferenceValues values =
        ReferenceValues.parse(InputFile.read(file, ReferenceValues.MAX_LENGTH));
    if (!values.profile().equals(profile)) {
      throw new ParameterException(
          spec.commandLine(), file + ": is of profile " + values.profile() + ", not " + profile);
    }
    return values;
  }

  /** Another term for what was signed. */
  @Command(
      name = "refresh",
      mixinStandardHelpOptions = true,
      description = {
        "Sign what a role says for another term; for the timestamp daily, for the snapshot weekly.",
        "",
        "Devices that see expired metadata take no updates; they go on serving."
      },
      footer = {"", "Example (from a timer):", "  bartizan-fleet release refresh --role timestamp"})
  int refresh(
      @Option(
              names = "--role",
              defaultValue = "snapshot",
              converter = Arguments.RoleArgument.class,
              paramLabel = "ROLE",
              description = "Which (default: ${DEFAULT-VALUE}, and timestamp with it).")
          RoleName role,
      @Mixin OperatorOptions operator)
      throws IOException, Refusal {
    documents(operator).refresh(role);
    return DONE;
  }

  private Set<Protection.Kind> kinds(Set<String> texts) {
    Set<Protection.Kind> kinds = EnumSet.noneOf(Protection.Kind.class);
    for (String text : texts) {
      kinds.add(
          Protection.Kind.find(text)
              .orElseThrow(
                  () ->
                      new ParameterException(
                          spec.commandLine(),
                          "--keystores: " + text + " is not tpm2, pkcs11 or software")));
    }
    return kinds;
  }

  private SoftwareManifest manifest(Path dist, String version) throws IOException, Refusal {
    try {
      return SoftwareTree.manifest(dist, version);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private ReferenceValues learn(
      String profile, Path file, Optional<Nonce> nonce, OperatorOptions operator)
      throws IOException, Refusal {
    Evidence report = Evidence.read(InputFile.read(file, Evidence.MAX_LENGTH));
    if (nonce.isEmpty()) {
      console.say(file + ": how old it is was not checked; --nonce would");
    }
    return BootReference.learn(
        profile,
        report,
        nonce.isPresent() ? nonce.get() : report.unverifiedClaims().nonce(),
        new Inventory(operator.directory()),
        clock.instant());
  }

  private SignedDocuments documents(OperatorOptions operator) throws IOException, Refusal {
    return new SignedDocuments(operator.directory(), operator.repository(clock, random));
  }
}
