// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.SignedDocuments;
import dev.bartizan.author.release.SoftwareTree;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.Failures;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.ProductVersion;
import dev.bartizan.protocol.cli.WrongUsage;
import dev.bartizan.protocol.release.SoftwareManifest;
import dev.bartizan.updater.tuf.RoleName;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The root of {@code bartizan-release}, with the small documents. */
@Command(
    name = "bartizan-release",
    mixinStandardHelpOptions = true,
    versionProvider = ProductVersion.class,
    sortOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    description = {
      "The author's side of Bartizan: sign what devices are to believe, each thing under the role"
          + " that may say it. Needs no network.",
      "",
      "Everything is kept in one directory, the current one unless --dir names another.",
      ""
    },
    footer = {
      "",
      "Exit codes: 0 done; 1 the answer is no; 2 the command line is wrong; 3 not possible now.",
      "",
      "A first release:",
      "  bartizan-release init author",
      "  cd author",
      "  bartizan-release fleet ../fleet/fleet-keys.json",
      "  bartizan-release model ../defect.onnx --name defect --version 1.0.0 --golden ../golden",
      "  bartizan-release policy --models defect"
    })
public final class ReleaseCommand implements Runnable {
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

  @Option(names = "--debug", scope = ScopeType.INHERIT, description = "Print stack traces.")
  private boolean debug;

  /** There is nothing to do without a command. */
  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "which command?");
  }

  /** The whole command line, printing to {@code console}. */
  public static CommandLine commandLine(Clock clock, SecureRandom random, Console console) {
    ReleaseCommand root = new ReleaseCommand(clock, random, console);
    return new CommandLine(root)
        .addSubcommand(new InitCommand(clock, random, console))
        .addSubcommand(new AcceptFleetCommand(clock, random, console))
        .addSubcommand(new DestructiveKeyCommand(clock, random, console))
        .addSubcommand(new ModelCommand(clock, random, console))
        .addSubcommand(new SuiteCommand(clock, random, console))
        .addSubcommand(new ReferenceCommand(clock, random, console))
        .addSubcommand(new ApprovalsCommand(clock, random, console))
        .addSubcommand(new BundleCommand(clock, random, console))
        .addSubcommand(new DeltaCommand())
        .setExecutionExceptionHandler(new Failures(() -> root.debug))
        .setParameterExceptionHandler(new WrongUsage())
        .setUsageHelpAutoWidth(true)
        .setOut(console.outWriter())
        .setErr(console.errWriter());
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
      footer = {"", "Example:", "  bartizan-release software dist --version 0.1.0"})
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
      @Mixin AuthorOptions author)
      throws IOException, Refusal {
    SoftwareManifest manifest = manifest(dist, version);
    documents(author).software(manifest, isDelivered ? Optional.of(dist) : Optional.empty());
    console.say(manifest.release() + ": " + manifest.files().size() + " files");
    return DONE;
  }

  /** What devices may do alone. */
  @Command(
      name = "policy",
      mixinStandardHelpOptions = true,
      description = {
        "Replace the devices' policy. The known fleets' command keys may give the commands update,"
            + " rollback, attest, status, cancel and rotate, destructive keys decommission; what is"
            + " not given here, devices do not do."
      },
      footer = {"", "Example:", "  bartizan-release policy --models defect,wear"})
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
      @Mixin SilenceOptions silence,
      @Mixin AuthorOptions author)
      throws IOException, Refusal {
    documents(author)
        .policy(
            models == null ? Set.of() : models,
            updatesAlone,
            serveUnknownBoot,
            kinds(keystores == null ? Set.of() : keystores),
            times.times(),
            silence.rule());
    return DONE;
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
      footer = {"", "Example (from a timer):", "  bartizan-release refresh --role timestamp"})
  int refresh(
      @Option(
              names = "--role",
              defaultValue = "snapshot",
              converter = Arguments.RoleArgument.class,
              paramLabel = "ROLE",
              description = "Which (default: ${DEFAULT-VALUE}, and timestamp with it).")
          RoleName role,
      @Mixin AuthorOptions author)
      throws IOException, Refusal {
    documents(author).refresh(role);
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

  private SignedDocuments documents(AuthorOptions author) throws IOException, Refusal {
    return new SignedDocuments(author.directory(), author.repository(clock, random));
  }
}
