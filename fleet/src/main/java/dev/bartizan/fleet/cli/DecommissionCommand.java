// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.broker.WrappedKeyVault;
import dev.bartizan.fleet.command.CommandAnswer;
import dev.bartizan.fleet.command.CommandClient;
import dev.bartizan.fleet.command.Expulsion;
import dev.bartizan.fleet.command.Retirement;
import dev.bartizan.fleet.credential.CertificateAuthority;
import dev.bartizan.fleet.database.FleetDatabase;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.DeviceRegistry;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.HelpOption;
import dev.bartizan.protocol.command.Audience;
import dev.bartizan.protocol.command.Command;
import dev.bartizan.protocol.command.Farewell;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bartizan-fleet device decommission}. */
@picocli.CommandLine.Command(
    name = "decommission",
    description = {
      "Have a device erase its models, keys and state, and end its life in this fleet.",
      "",
      "The device says that it did, signed by its own key, before it destroys that too; then it is"
          + " taken off the registry's trust for good, like a revoked one. One that does not answer"
          + " in time stays what it was, and obeys when it is back; `device revoke` shuts it out at"
          + " once."
    },
    footer = {
      "",
      "Example, with a key that only this is for (`bartizan-fleet key create`):",
      "  bartizan-fleet device decommission DEVICE --key /media/stick/end.key"
    })
final class DecommissionCommand implements Callable<Integer> {
  private static final int DONE = 0;
  private static final Duration LIFETIME = Duration.ofDays(7);

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Parameters(paramLabel = "DEVICE", converter = Arguments.UeidArgument.class)
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls a command
  private Ueid ueid;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      converter = Arguments.KeyFileArgument.class,
      description = "The key that the author lets do this (`bartizan-release destructive-key`).")
  @SuppressWarnings("NullAway.Init") // picocli sets it before it calls a command
  private KeyFile key;

  @Option(
      names = "--timeout",
      defaultValue = "300",
      paramLabel = "SECONDS",
      description = "How long to wait for its last message (default: ${DEFAULT-VALUE}).")
  private int timeout;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The server's directory (default: the current one).")
  private Path dir = Path.of("");

  @Mixin
  @SuppressWarnings("UnusedVariable") // picocli alone asks
  private HelpOption help = new HelpOption();

  DecommissionCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    SharedDirectory directory = new SharedDirectory(dir);
    Farewell farewell = farewell(directory, known(directory));
    console.say(
        ueid + " says that it has ended: " + String.join(", ", new TreeSet<>(farewell.dead())));
    forget(directory);
    console.say("it is trusted no more");
    return DONE;
  }

  private Device known(SharedDirectory directory) throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      return database.devices().get(ueid);
    }
  }

  /** Waits for it without the database, which others want meanwhile. */
  private Farewell farewell(SharedDirectory directory, Device device) throws IOException, Refusal {
    Command command = command(FleetSettings.load(directory));
    byte[] compact = command.sign(key.signer());
    try (CommandClient client = FleetParts.commandClient(directory, clock, random)) {
      client.listen(Set.of(ueid));
      client.send(command.audience(), compact);
      CommandAnswer answer =
          client.await(command.id(), Set.of(ueid), Duration.ofSeconds(timeout)).get(0);
      return Retirement.require(device, command.id(), answer);
    }
  }

  private void forget(SharedDirectory directory) throws IOException, Refusal {
    try (FleetDatabase database = FleetParts.database(directory, random, console)) {
      DeviceRegistry registry = database.devices();
      registry.change(ueid, Device.State.DECOMMISSIONED);
      FleetParts.keyBroker(directory, registry, new WrappedKeyVault(directory, random), random)
          .shipTo(ueid);
      CertificateAuthority authority = CertificateAuthority.load(directory, clock, random);
      new Expulsion(directory, registry, authority)
          .expel(ueid, FleetParts.clientId(random), clock.instant());
    }
  }

  private Command command(FleetSettings settings) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new Command(
        settings.trustDomain(),
        Audience.device(ueid),
        FleetParts.commandId(random),
        now,
        now.plus(LIFETIME),
        Command.DECOMMISSION,
        Map.of());
  }
}
