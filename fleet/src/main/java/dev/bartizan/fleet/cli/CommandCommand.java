// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.command.CommandAnswer;
import dev.bartizan.fleet.command.CommandClient;
import dev.bartizan.fleet.credential.OperatorKeys;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.jws.StatementSigner;
import dev.bartizan.updater.disk.OutputFile;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-fleet command}. */
@picocli.CommandLine.Command(
    name = "command",
    description = "Sign a command and send it to a device or a group.",
    mixinStandardHelpOptions = true)
public final class CommandCommand implements Callable<Integer> {
  private static final int DONE = 0;
  private static final int NOT_DONE = 1;
  private static final String ATTEST = "attest";

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls a command
  private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "NAME", description = "What to do, such as update.")
  private String name = "";

  @Parameters(index = "1..*", paramLabel = "KEY=VALUE", description = "Arguments of the command.")
  private Map<String, String> arguments = new TreeMap<>();

  @Option(
      names = "--to",
      required = true,
      paramLabel = "DEVICE|group:G",
      converter = Arguments.AudienceArgument.class,
      description = "Who is to obey.")
  private Audience audience = Audience.group("nobody");

  @Option(names = "--wait", description = "Wait for the answer; exit code 1 unless it is done.")
  private boolean wait;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = {
        "With `attest`, one device and --wait: write its report to FILE, as `report verify` reads"
            + " it. Evidence is good for five minutes."
      })
  private Optional<Path> out = Optional.empty();

  @Option(
      names = "--timeout",
      defaultValue = "300",
      paramLabel = "SECONDS",
      description = "How long to wait (default: ${DEFAULT-VALUE}).")
  private int timeout;

  @Option(
      names = "--lifetime",
      defaultValue = "86400",
      paramLabel = "SECONDS",
      description = "How long a device may be offline and still obey (default: ${DEFAULT-VALUE}).")
  private int lifetime;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The operator's directory (default: ${DEFAULT-VALUE}).")
  private Path dir = Path.of("");

  @Option(names = "--json", description = "Print one JSON document.")
  private boolean json;

  public CommandCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    if (out.isPresent() && (!wait || audience.isGroup() || !name.equals(ATTEST))) {
      throw new ParameterException(
          spec.commandLine(), "--out goes with attest, one device and --wait");
    }
    SharedDirectory directory = new SharedDirectory(dir);
    FleetSettings settings = FleetSettings.load(directory);
    StatementSigner signer = new OperatorKeys(directory).signer(OperatorKeys.COMMAND);
    Command command = command(settings);
    byte[] compact = command.sign(signer);
    Set<Ueid> devices = wait ? devices(directory) : Set.of();
    try (CommandClient post = FleetParts.commandClient(directory, clock, random)) {
      post.listen(devices);
      post.send(audience, compact);
      List<CommandAnswer> answers = post.await(command.id(), devices, Duration.ofSeconds(timeout));
      if (out.isPresent()) {
        write(out.get(), answers);
      }
      print(command, answers);
      return answers.stream().allMatch(CommandAnswer::isDone) ? DONE : NOT_DONE;
    }
  }

  private Command command(FleetSettings settings) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant end = now.plusSeconds(lifetime);
    try {
      return new Command(
          settings.trustDomain(),
          audience,
          FleetParts.commandId(random),
          now,
          end,
          name,
          arguments);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }

  /** Whose answers to wait for: a device that is not trusted now is not asked. */
  private Set<Ueid> devices(SharedDirectory directory) throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      return devices(database.devices());
    }
  }

  private Set<Ueid> devices(DeviceRegistry registry) throws IOException, Refusal {
    if (!audience.isGroup()) {
      return Set.of(registry.get(Ueid.parse(audience.name())).ueid());
    }
    return registry.all().stream()
        .filter(device -> device.state() == Device.State.ENROLLED)
        .filter(device -> device.groups().contains(audience.name()))
        .map(Device::ueid)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Nothing is written when the device has not reported. */
  private static void write(Path file, List<CommandAnswer> answers) throws IOException, Refusal {
    for (CommandAnswer answer : answers) {
      String report = answer.document().path("result").path("report").asText();
      if (answer.isDone() && !report.isEmpty()) {
        try (OutputFile target = OutputFile.create(file)) {
          target.write(ByteBuffer.wrap(Base64Url.decode(report, "the report").toArray()));
          target.commit();
        }
      }
    }
  }

  private void print(Command command, List<CommandAnswer> answers) {
    if (json) {
      ObjectNode document = StrictJson.object().put("jti", command.id());
      ArrayNode array = document.putArray("answers");
      answers.forEach(
          answer ->
              array.addObject().put("device", answer.device().text()).setAll(answer.document()));
      console.answer(document);
      return;
    }
    console.answer(command.id());
    answers.forEach(answer -> console.answer(answer.device() + ": " + answer.document()));
  }
}
