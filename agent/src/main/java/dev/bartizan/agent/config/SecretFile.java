// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.config;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import dev.bartizan.crypto.keystore.Passphrase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;

/** A PIN or password in a file of its own, which nobody but its owner may read. */
public final class SecretFile implements Passphrase {
  private static final int MAX_LENGTH = 256;
  private static final Set<PosixFilePermission> OWNERS =
      EnumSet.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path file;

  public SecretFile(Path file) {
    this.file = file;
  }

  @Override
  @TouchesTheWorld("reads the PIN or password file that the configuration names")
  public SecretBytes read() throws IOException, KeystoreRefusal {
    if (!Files.isRegularFile(file)) {
      throw refusal("there is no such file");
    }
    if (!OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
      throw refusal("is open to others than its owner: chmod 600");
    }
    byte[] content;
    try (var in = Files.newInputStream(file)) {
      content = in.readNBytes(MAX_LENGTH + 1);
    }
    try {
      return SecretBytes.take(Arrays.copyOf(content, length(content)));
    } finally {
      Arrays.fill(content, (byte) 0);
    }
  }

  /** Without the line's end. */
  private int length(byte[] content) throws KeystoreRefusal {
    int length = content.length;
    if (length > 0 && content[length - 1] == '\n') {
      length--;
    }
    if (length == 0 || content.length > MAX_LENGTH) {
      throw refusal("is empty, or longer than " + MAX_LENGTH + " bytes");
    }
    for (int i = 0; i < length; i++) {
      if (content[i] < ' ' || content[i] > '~') {
        throw refusal("is not one line of printable ASCII");
      }
    }
    return length;
  }

  private KeystoreRefusal refusal(String what) {
    return KeystoreRefusal.badSecretFile(file + ": " + what);
  }
}
