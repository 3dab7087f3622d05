// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of all commands that sign with role keys. */
final class AuthorOptions {
  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The author's directory (default: the current one).")
  private Path dir = Path.of("");

  @Mixin private SecretOptions secrets = new SecretOptions();

  SharedDirectory directory() {
    return new SharedDirectory(dir);
  }

  /**
   * The directory's repository, signing with its role keys.
   *
   * @throws IOException when it is no author's directory, before anything is made in it
   */
  AuthorRepository repository(Clock clock, SecureRandom random) throws IOException, Refusal {
    NewAuthor.require(directory());
    return new AuthorRepository(directory(), secrets.read(), clock, random);
  }
}
