// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SecretFileTest {
  @TempDir private Path folder;

  @Test
  void oneLineIsTheSecretWithOrWithoutItsEnd() throws Exception {
    assertEquals("2468", read(write("2468\n", "rw-------")));
    assertEquals("24 68", read(write("24 68", "r--------")));
  }

  @Test
  void aFileThatIsNotThereIsRefused() {
    assertRefused(folder.resolve("missing"), "there is no such file");
    assertRefused(folder, "there is no such file");
  }

  // Attack: a neighbour reads the PIN.
  @Test
  void aFileThatOthersMayReadIsRefused() throws Exception {
    for (String mode : new String[] {"rw-r-----", "rw----r--", "rw--w----", "rwx-----x"}) {
      assertRefused(write("2468\n", mode), "is open to others than its owner: chmod 600");
    }
  }

  @Test
  void aCredentialOfSystemdsIsItsAffair() throws Exception {
    Path file = write("2468\n", "r--r-----");
    try (SecretBytes secret = SecretFile.credential(file).read()) {
      assertEquals(4, secret.length());
    }
  }

  @Test
  void whatIsNoSecretIsRefusedAndNotRepeated() throws Exception {
    for (String content :
        new String[] {"", "\n", "horse\n\n", "correct\thorse", "horse\u00e9", "x".repeat(257)}) {
      Path file = write(content, "rw-------");
      KeystoreRefusal refusal =
          assertThrows(KeystoreRefusal.class, () -> new SecretFile(file).read());
      assertEquals("BAD_SECRET_FILE", refusal.code());
      assertFalse(refusal.getMessage().contains("horse"));
    }
  }

  private Path write(String content, String mode) throws Exception {
    Path file = folder.resolve("secret");
    Files.deleteIfExists(file);
    Files.writeString(file, content);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString(mode));
  }

  private static String read(Path file) throws Exception {
    try (SecretBytes secret = new SecretFile(file).read()) {
      return new String(secret.reveal(Bytes::of).toArray(), StandardCharsets.US_ASCII);
    }
  }

  private static void assertRefused(Path file, String why) {
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> new SecretFile(file).read());
    assertEquals("BAD_SECRET_FILE", refusal.code());
    assertTrue(refusal.getMessage().endsWith(why), refusal.getMessage());
  }
}
