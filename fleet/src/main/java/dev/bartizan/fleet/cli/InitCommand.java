// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.fleet.founding.FleetPlan;
import dev.bartizan.fleet.founding.Founding;
import dev.bartizan.fleet.identity.FleetSettings;
import dev.bartizan.fleet.publish.RepositoryPlan;
import dev.bartizan.fleet.publish.RolePlan;
import dev.bartizan.fleet.release.OperatorRepository;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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
      "Found a fleet in DIR: role keys, certificate authority, server and operator certificates,"
          + " command and verifier keys, an empty signed repository, an initial policy, a broker"
          + " configuration, and the files that go onto each device.",
      "",
      "Options:"
    },
    footer = {
      "",
      "Examples:",
      "  bartizan-fleet init fleet",
      "  bartizan-fleet init fleet --trust-domain plant.example --host fleet.plant.example \\",
      "      --repository https://models.plant.example/ --threshold root=2/5,models=2/3",
      "",
      "Afterwards:",
      "  put your devices' TPM makers' certificates into fleet/ek-roots/ (its README says where)",
      "  mosquitto -c fleet/broker/mosquitto.conf        (the broker)",
      "  serve fleet/repository/ with any static web server",
      "  bartizan-fleet serve fleet                      (enrolment)",
      "  copy fleet/device/* to /etc/bartizan on each device",
      "  take root and targets keys out of fleet/keys/ to a safe place: they sign rarely"
    })
public final class InitCommand implements Callable<Integer> {
  private static final String BROKER_PORT = "8883";
  private static final String REPOSITORY_PORT = "8080";

  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The operator's directory, new or empty.")
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
      description = "Where devices find repository/ (default: http://<first host>:8080/).")
  private Optional<String> repository = Optional.empty();

  @Option(
      names = "--algorithm",
      defaultValue = "ed25519",
      converter = Arguments.SchemeArgument.class,
      paramLabel = "A",
      description = {
        "Of the role keys: ed25519, ecdsa-p256, ecdsa-p384, rsa, or one of ed25519+ml-dsa-65 and"
            + " ecdsa-p256+ml-dsa-65, which a quantum computer does not forge (default:"
            + " ${DEFAULT-VALUE})."
      })
  private SignatureScheme algorithm = SignatureScheme.ED25519;

  @Option(
      names = "--threshold",
      split = ",",
      converter = {Arguments.RoleArgument.class, Arguments.QuorumArgument.class},
      paramLabel = "ROLE=M/N",
      description = {
        "How many of how many keys sign for a role: root, timestamp, snapshot, targets, models,"
            + " software, reference, policy (default: root=2/3,models=2/3, the others 1/1)."
      })
  private Map<RoleName, Arguments.Quorum> thresholds = new LinkedHashMap<>();

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Encrypt the role keys with the passphrase in the first line of this file.")
  private Optional<Path> passphraseFile = Optional.empty();

  public InitCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    FleetPlan plan = plan();
    SharedDirectory directory = new SharedDirectory(dir);
    Optional<SecretBytes> passphrase = OperatorOptions.passphrase(passphraseFile);
    OperatorRepository signing = new OperatorRepository(directory, passphrase, clock, random);
    new Founding(directory, signing, clock, random).found(plan);
    console.say(dir + ": fleet " + trustDomain + " founded");
    console.say(
        passphrase.isEmpty()
            ? "role keys are protected by their file modes alone: see --passphrase-file"
            : "every command that signs (release, ...) needs the passphrase: give each"
                + " --passphrase-file "
                + passphraseFile.map(Path::toString).orElse("FILE"));
    return 0;
  }

  private FleetPlan plan() {
    try {
      String first = FleetPlan.inUrl(hosts.get(0));
      return new FleetPlan(
          settings(broker.orElse("ssl://" + first + ":" + BROKER_PORT)),
          hosts,
          URI.create(repository.orElse("http://" + first + ":" + REPOSITORY_PORT + "/")),
          roles());
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }

  private FleetSettings settings(String devices) {
    return operatorBroker
        .map(operators -> new FleetSettings(trustDomain, devices, operators))
        .orElseGet(() -> new FleetSettings(trustDomain, devices));
  }

  private RepositoryPlan roles() {
    RepositoryPlan plan = RepositoryPlan.defaults(algorithm);
    for (Map.Entry<RoleName, Arguments.Quorum> role : thresholds.entrySet()) {
      Arguments.Quorum quorum = role.getValue();
      plan = plan.with(role.getKey(), new RolePlan(quorum.threshold(), quorum.keys(), algorithm));
    }
    return plan;
  }
}
