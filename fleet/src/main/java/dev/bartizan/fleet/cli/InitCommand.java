// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.FleetSettings;
import dev.bartizan.fleet.LifeOfCredentials;
import dev.bartizan.fleet.credential.BrokerToken;
import dev.bartizan.fleet.init.FleetInit;
import dev.bartizan.fleet.init.FleetPlan;
import dev.bartizan.fleet.init.NewFleet;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.protocol.cli.InputFile;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-fleet init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Found a fleet in DIR: certificate authority, server and operator certificates, key broker,"
          + " command and verifier keys, a broker configuration, and the files that go onto each"
          + " device. What exists is said by an author elsewhere (bartizan-release): his root is"
          + " pinned, and none of his keys is ever here.",
      "",
      "Options:"
    },
    footer = {
      "",
      "Examples:",
      "  bartizan-fleet init fleet --root author/root.json",
      "  bartizan-fleet init fleet --root root.json --repository https://models.plant.example/ \\",
      "      --trust-domain plant.example --host fleet.plant.example",
      "  bartizan-fleet init fleet --root root.json --token-module /usr/lib/softhsm/libsofthsm2.so \\",
      "      --token-slot 0 --token-pin-file pin --token-keys broker",
      "",
      "Afterwards:",
      "  give fleet/fleet-keys.json to the author        (bartizan-release fleet fleet-keys.json)",
      "  put your devices' TPM makers' certificates into fleet/ek-roots/ (its README says where)",
      "  mosquitto -c fleet/broker/mosquitto.conf        (the broker)",
      "  serve fleet/served/ with any static web server, under the repository's address",
      "  bartizan-fleet serve fleet                      (enrolment, content keys)",
      "  copy fleet/device/* to /etc/bartizan on each device"
    })
public final class InitCommand implements Callable<Integer> {
  private static final String BROKER_PORT = "8883";
  private static final String REPOSITORY_PORT = "8080";
  private static final int MAX_ROOT = 512 * 1024;

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The server's directory, new or empty.")
  private Path dir = Path.of("");

  @Option(
      names = "--trust-domain",
      defaultValue = "bartizan.internal",
      paramLabel = "D",
      description = "Of the devices' SPIFFE ids (default: ${DEFAULT-VALUE}).")
  private String trustDomain = "";

  @Option(
      names = "--host",
      split = ",",
      defaultValue = "localhost,127.0.0.1",
      paramLabel = "NAME",
      description = {
        "DNS name or address of broker and enrolment server, for their certificates; may be"
            + " repeated (default: ${DEFAULT-VALUE})."
      })
  private List<String> hosts = List.of();

  @Option(
      names = "--broker",
      paramLabel = "ssl://H:P",
      description = "Where devices find the broker (default: ssl://<first host>:8883).")
  private Optional<String> broker = Optional.empty();

  @Option(
      names = "--operator-broker",
      paramLabel = "ssl://H:P",
      description = {
        "Where the same broker listens for operators, and for them alone (default: the port after"
            + " the devices')."
      })
  private Optional<String> operatorBroker = Optional.empty();

  @Option(
      names = "--repository",
      paramLabel = "URL",
      description = {
        "Where the author's repository is served, for devices and for this server (default:"
            + " http://<first host>:8080/)."
      })
  private Optional<String> repository = Optional.empty();

  @Option(
      names = "--identity-lifetime",
      paramLabel = "SECONDS",
      defaultValue = "86400",
      description = {
        "How long a device's identity certificate lives (default: ${DEFAULT-VALUE}, a day). Devices"
            + " renew at two thirds of it; upon which evidence is in DIR/fleet.json."
      })
  private long identityLifetime;

  @Option(
      names = "--root",
      required = true,
      paramLabel = "FILE",
      description = "The author's root.json: where all trust in what he says starts.")
  private Path root = Path.of("");

  @Mixin private BrokerTokenOptions tokenOptions = new BrokerTokenOptions();

  public InitCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    FleetPlan plan = plan();
    byte[] pinned = InputFile.read(root, MAX_ROOT);
    SharedDirectory directory = new SharedDirectory(dir);
    FleetKeys keys = new FleetInit(directory, clock, random).found(plan, pinned);
    console.say(dir + ": fleet " + trustDomain + " founded");
    console.say(
        "give "
            + dir.resolve(NewFleet.KEYS)
            + " to the author; its fingerprint is "
            + keys.fingerprint());
    console.say(KeyBrokerCustody.of(plan.brokerToken(), dir.toString()));
    return 0;
  }

  private FleetPlan plan() {
    try {
      String first = FleetPlan.inUrl(hosts.get(0));
      String devices = broker.orElse("ssl://" + first + ":" + BROKER_PORT);
      URI served = URI.create(repository.orElse("http://" + first + ":" + REPOSITORY_PORT + "/"));
      FleetSettings settings =
          new FleetSettings(trustDomain, devices, served)
              .with(LifeOfCredentials.of(Duration.ofSeconds(identityLifetime)));
      Optional<BrokerToken> token = tokenOptions.token();
      token.ifPresent(it -> it.requirePinOutside(new SharedDirectory(dir)));
      return new FleetPlan(
          operatorBroker.map(settings::withOperators).orElse(settings), hosts, token);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }
}
