// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import static java.util.stream.Collectors.joining;

import dev.bartizan.author.release.BootReference;
import dev.bartizan.author.release.SignedDocuments;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.boot.AcceptedBoot;
import dev.bartizan.crypto.boot.BootLogs;
import dev.bartizan.crypto.boot.DemandedSettings;
import dev.bartizan.crypto.boot.ReferenceValues;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.BootPcrs;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.evidence.Evidence;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bartizan-release reference}: what a boot chain must look like. */
@Command(
    name = "reference",
    description = {
      "Replace the reference values of a hardware profile: which PCR values are good and, where"
          + " the boot left an event log, which measurements led to them. Devices check themselves"
          + " against them, and `bartizan-fleet report verify` checks devices."
    },
    footer = {
      "",
      "Example, from a golden device:",
      "  bartizan-fleet report learn golden.cmw --profile default --nonce 00112233445566778899aabb \\",
      "      --out golden.json",
      "  bartizan-release reference --profile default --document golden.json"
    })
final class ReferenceCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--profile",
      required = true,
      paramLabel = "P",
      converter = Arguments.ProfileArgument.class,
      description = "The kind of hardware whose boots look like that.")
  private String profile = "";

  @ArgGroup(multiplicity = "1")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls a command
  private Source source;

  @ArgGroup(exclusive = false)
  private @Nullable Logs logs;

  @Option(
      names = "--also",
      description = "Accept it beside what is accepted already, instead of replacing that.")
  private boolean also;

  @Option(
      names = "--leave-open",
      paramLabel = "PCR",
      split = ",",
      description =
          "Say nothing of these PCRs: what a machine has for itself, such as 1 (settings) or"
              + " 15 (its identity). A boot PCR that is neither known nor left open makes"
              + " each device's boot unknown.")
  private Set<Integer> leftOpen = Set.of();

  @Option(
      names = "--setting",
      paramLabel = "NAME=VALUE[,VALUE]",
      description =
          "Demand that a setting of the running machine has one of these values, such as"
              + " swap=none,encrypted or ptrace=1,2,3; in place of those that the document demands."
              + " Devices measure memory, swap, core, core-pattern, dumpable, ptrace, attach, debug,"
              + " lockdown and boot-shell.")
  private Map<String, String> settings = new TreeMap<>();

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  @Mixin private AuthorOptions author = new AuthorOptions();

  /** Where reference values come from. */
  static final class Source {
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
        description =
            "A whole document: of `bartizan-fleet report learn`, or written by hand (see"
                + " reference/PROFILE.json in the docs).")
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

  ReferenceCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    if (!BootPcrs.ALL.containsAll(leftOpen)) {
      throw wrong("--leave-open: boot PCRs are 0 to 15");
    }
    ReferenceValues values = demanding(values().leavingOpen(leftOpen));
    SignedDocuments documents =
        new SignedDocuments(author.directory(), author.repository(clock, random));
    if (also) {
      values = documents.alsoReference(values);
    } else {
      documents.reference(values);
    }
    console.say(
        "profile "
            + profile
            + ": "
            + values.boots().stream().map(ReferenceCommand::describe).collect(joining("; or ")));
    return 0;
  }

  private static String describe(AcceptedBoot boot) {
    return boot.values().size() + " PCRs, " + boot.events().size() + " of them event by event";
  }

  private ReferenceValues demanding(ReferenceValues values) throws Malformed {
    if (settings.isEmpty()) {
      return values;
    }
    Map<String, Set<String>> demanded = new TreeMap<>();
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      List<String> accepted = List.of(setting.getValue().split(",", -1));
      demanded.put(setting.getKey(), DemandedSettings.accepted(setting.getKey(), accepted));
    }
    return values.demanding(demanded);
  }

  private ReferenceValues values() throws IOException, Refusal {
    if (source.pcrs.isPresent()) {
      byte[] json = InputFile.read(source.pcrs.get(), BootReference.MAX_LENGTH);
      BootLogs read = logs == null ? new Logs().read() : logs.read();
      return BootReference.read(profile, json, read, source.pcrs.get().toString());
    }
    if (logs != null) {
      throw wrong("--event-log goes with --pcrs");
    }
    return written(source.document.orElseThrow());
  }

  private ReferenceValues written(Path file) throws IOException, Refusal {
    ReferenceValues values =
        ReferenceValues.parse(InputFile.read(file, ReferenceValues.MAX_LENGTH));
    if (!values.profile().equals(profile)) {
      throw wrong(file + ": is of profile " + values.profile() + ", not " + profile);
    }
    return values;
  }

  private ParameterException wrong(String what) {
    return new ParameterException(spec.commandLine(), what);
  }
}
