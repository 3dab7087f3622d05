// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.keys.KeyPlan;
import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.publish.RolePlan;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.protocol.cli.Console;
import dev.bartizan.updater.disk.SharedDirectory;
import dev.bartizan.updater.tuf.RoleName;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code bartizan-release init}. */
@Command(
    name = "init",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Make an author's directory in DIR: role keys and an empty signed repository. Whoever has it"
          + " can say what devices believe; no server needs it, or anything that is in it but"
          + " repository/ and root.json.",
      "",
      "Options:"
    },
    footer = {
      "",
      "Examples:",
      "  bartizan-release init author",
      "  bartizan-release init author --threshold root=2/5,models=2/3 --passphrase-file secret",
      "  bartizan-release init author --token-module /usr/lib/softhsm/libsofthsm2.so --token-slot 0"
          + " --token-pin-file pin --token-keys root=1,models=2",
      "",
      "Afterwards:",
      "  bartizan-fleet init fleet --root author/root.json --repository https://models.example/",
      "  bartizan-release fleet fleet/fleet-keys.json --dir author",
      "  serve author/repository/ with any static web server",
      "  take root and targets keys out of author/keys/ to a safe place: they sign rarely"
    })
final class InitCommand implements Callable<Integer> {
  private final Clock clock;
  private final SecureRandom random;
  private final Console console;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "DIR", description = "The author's directory, new or empty.")
  private Path dir = Path.of("");

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

  @Mixin private SecretOptions secretOptions = new SecretOptions();
  @Mixin private TokenOptions tokenOptions = new TokenOptions();

  InitCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    RepositoryPlan plan = plan();
    SharedDirectory directory = new SharedDirectory(dir);
    KeySecrets secrets = secretOptions.read();
    NewAuthor.create(directory, new AuthorRepository(directory, secrets, clock, random), plan);
    console.say(dir + ": an author's directory; hand out " + dir.resolve(NewAuthor.ROOT));
    plan.token()
        .ifPresent(
            token ->
                console.say(
                    "role keys named "
                        + token.keyLabel()
                        + "-... are in the token at "
                        + token.module()
                        + ": every command that signs with one needs it and --token-pin-file"));
    if (hasFiles(plan)) {
      console.say(
          secretOptions
              .passphraseFile()
              .map(
                  file ->
                      "every command that signs with a key in a file needs the passphrase: give"
                          + " each --passphrase-file "
                          + file)
              .orElse(
                  "role keys in files are protected by their modes alone: see --passphrase-file"));
    }
    return 0;
  }

  private static boolean hasFiles(RepositoryPlan plan) {
    return plan.roles().values().stream()
        .flatMap(role -> role.keys().stream())
        .anyMatch(key -> key.place() == KeyPlan.Place.FILE);
  }

  private RepositoryPlan plan() {
    try {
      RepositoryPlan plan = RepositoryPlan.defaults(algorithm);
      for (Map.Entry<RoleName, Arguments.Quorum> role : thresholds.entrySet()) {
        Arguments.Quorum quorum = role.getValue();
        plan = plan.with(role.getKey(), new RolePlan(quorum.threshold(), quorum.keys(), algorithm));
      }
      return tokenOptions.applyTo(plan);
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }
}
