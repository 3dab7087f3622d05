// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.release.AuthorRepository;
import dev.bartizan.author.release.NewAuthor;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options of all commands that sign with role keys. */
final class AuthorOptions {
  private static final int PASSPHRASE_BYTES_MAX = 1024;

  @Option(
      names = "--dir",
      defaultValue = ".",
      paramLabel = "DIR",
      description = "The author's directory (default: the current one).")
  private Path dir = Path.of("");

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Holds the passphrase of the role keys in its first line.")
  private Optional<Path> passphraseFile = Optional.empty();

  SharedDirectory directory() {
    return new SharedDirectory(dir);
  }

  /**
   * The directory's repository, signing with its role keys.
   *
   * @throws IOException when it is no author's directory, before anything is made in it
   */
  AuthorRepository repository(Clock clock, SecureRandom random) throws IOException, Malformed {
    NewAuthor.require(directory());
    return new AuthorRepository(directory(), passphrase(passphraseFile), clock, random);
  }

  /** The first line of {@code file}; as bytes, so that the secret never becomes a string. */
  @TouchesTheWorld("the file named on the command line")
  static Optional<SecretBytes> passphrase(Optional<Path> file) throws IOException {
    if (file.isEmpty()) {
      return Optional.empty();
    }
    if (Files.size(file.get()) > PASSPHRASE_BYTES_MAX) {
      throw new IOException(file.get() + ": too long for a passphrase");
    }
    byte[] content = Files.readAllBytes(file.get());
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    byte[] line = Arrays.copyOf(content, end);
    Arrays.fill(content, (byte) 0);
    if (line.length == 0) {
      throw new IOException(file.get() + ": its first line is empty");
    }
    return Optional.of(SecretBytes.take(line));
  }
}
