// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.publish.RepositoryPlan;
import dev.bartizan.author.publish.RolePlan;
import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
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
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
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

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Encrypt the role keys with the passphrase in the first line of this file.")
  private Optional<Path> passphraseFile = Optional.empty();

  InitCommand(Clock clock, SecureRandom random, Console console) {
    this.clock = clock;
    this.random = random;
    this.console = console;
  }

  @Override
  public Integer call() throws IOException, Refusal {
    RepositoryPlan plan = plan();
    SharedDirectory directory = new SharedDirectory(dir);
    Optional<SecretBytes> passphrase = AuthorOptions.passphrase(passphraseFile);
    NewAuthor.create(directory, new AuthorRepository(directory, passphrase, clock, random), plan);
    console.say(dir + ": an author's directory; hand out " + dir.resolve(NewAuthor.ROOT));
    console.say(
        passphrase.isEmpty()
            ? "role keys are protected by their file modes alone: see --passphrase-file"
            : "every command that signs needs the passphrase: give each --passphrase-file "
                + passphraseFile.map(Path::toString).orElse("FILE"));
    return 0;
  }

  private RepositoryPlan plan() {
    try {
      RepositoryPlan plan = RepositoryPlan.defaults(algorithm);
      for (Map.Entry<RoleName, Arguments.Quorum> role : thresholds.entrySet()) {
        Arguments.Quorum quorum = role.getValue();
        plan = plan.with(role.getKey(), new RolePlan(quorum.threshold(), quorum.keys(), algorithm));
      }
      return plan;
    } catch (IllegalArgumentException wrong) {
      throw new ParameterException(spec.commandLine(), String.valueOf(wrong.getMessage()), wrong);
    }
  }
}
