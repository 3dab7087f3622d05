// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.TouchesTheWorld;
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
  private final boolean isLent;

  public SecretFile(Path file) {
    this(file, false);
  }

  private SecretFile(Path file, boolean isLent) {
    this.file = file;
    this.isLent = isLent;
  }

  /**
   * A credential of systemd's. Who may read it is systemd's affair, which says it by an access list
   * where modes show a group.
   *
   * @param file in {@code $CREDENTIALS_DIRECTORY}
   */
  public static SecretFile credential(Path file) {
    return new SecretFile(file, true);
  }

  @Override
  @TouchesTheWorld("reads the PIN or password file that the configuration names")
  public SecretBytes read() throws IOException, KeystoreRefusal {
    if (!Files.isRegularFile(file)) {
      throw refusal("there is no such file");
    }
    if (!isLent && !OWNERS.containsAll(Files.getPosixFilePermissions(file))) {
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
