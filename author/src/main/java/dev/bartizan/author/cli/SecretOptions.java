// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.cli;

import dev.bartizan.author.keys.KeySecrets;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.Passphrase;
import dev.bartizan.crypto.keystore.SecretFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What opens the role keys. Never an argument: those are read by every user of the machine. */
final class SecretOptions {
  /** Under {@code LoadCredential=} of a unit that signs, from a timer for example. */
  private static final String PIN_CREDENTIAL = "bartizan-token-pin";

  private static final int PASSPHRASE_BYTES_MAX = 1024;

  @Option(
      names = "--passphrase-file",
      paramLabel = "FILE",
      description = "Holds, in its first line, the passphrase of the role keys that are in files.")
  private Optional<Path> passphraseFile = Optional.empty();

  @Option(
      names = "--token-pin-file",
      paramLabel = "FILE",
      description = {
        "Holds the PIN of the token with role keys: one line, readable by its owner alone (default:"
            + " the systemd credential bartizan-token-pin, when there is one)."
      })
  private Optional<Path> pinFile = Optional.empty();

  KeySecrets read() throws IOException {
    return new KeySecrets(passphrase(), pin(Optional.ofNullable(credentials())));
  }

  /** The file that was named for the passphrase. */
  Optional<Path> passphraseFile() {
    return passphraseFile;
  }

  /** Asked for it only when a token has to be logged in to. */
  private Optional<Passphrase> pin(Optional<String> credentials) {
    return pinFile
        .<Passphrase>map(SecretFile::new)
        .or(
            () ->
                credentials
                    .map(directory -> Path.of(directory, PIN_CREDENTIAL))
                    .filter(SecretOptions::isThere)
                    .map(SecretFile::credential));
  }

  @TouchesTheWorld("a unit's credentials")
  private static boolean isThere(Path file) {
    return Files.isRegularFile(file);
  }

  @TouchesTheWorld("where systemd puts a unit's credentials")
  private static @Nullable String credentials() {
    return System.getenv("CREDENTIALS_DIRECTORY");
  }

  /** The first line of the file; as bytes, so that the secret never becomes a string. */
  @TouchesTheWorld("the file named on the command line")
  private Optional<SecretBytes> passphrase() throws IOException {
    if (passphraseFile.isEmpty()) {
      return Optional.empty();
    }
    Path file = passphraseFile.get();
    if (Files.size(file) > PASSPHRASE_BYTES_MAX) {
      throw new IOException(file + ": too long for a passphrase");
    }
    byte[] content = Files.readAllBytes(file);
    int end = 0;
    while (end < content.length && content[end] != '\n' && content[end] != '\r') {
      end++;
    }
    byte[] line = Arrays.copyOf(content, end);
    Arrays.fill(content, (byte) 0);
    if (line.length == 0) {
      throw new IOException(file + ": its first line is empty");
    }
    return Optional.of(SecretBytes.take(line));
  }
}
