// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.updater.tuf.SignatureScheme;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.security.Signature;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Keys that come back from their files, and only with what protects them. */
class KeyRingTest {
  private static final byte[] MESSAGE = "release".getBytes(UTF_8);

  @TempDir Path directory;

  private KeyRing ring(String passphrase) {
    KeySecrets secrets =
        passphrase.isEmpty()
            ? KeySecrets.NONE
            : KeySecrets.of(SecretBytes.take(passphrase.getBytes(UTF_8)));
    return new KeyRing(new KeyFolder(directory), secrets, new SecureRandom());
  }

  private static List<KeyPlan> files(SignatureScheme scheme, int count) {
    return Collections.nCopies(count, new KeyPlan(scheme, KeyPlan.Place.FILE));
  }

  private String file(String name) throws Exception {
    return Files.readString(directory.resolve(name));
  }

  @ParameterizedTest
  @EnumSource
  void aKeySignsAfterItWasReadBack(SignatureScheme scheme) throws Exception {
    List<RoleKey> made = ring("").generate("models", files(scheme, 1));
    assertEquals(made, ring("").keys());
    byte[] signature = ring("").sign(made.get(0), MESSAGE);
    Signature check = scheme.forSigning();
    check.initVerify(made.get(0).publicKey());
    check.update(MESSAGE);
    assertTrue(check.verify(signature));
  }

  @Test
  void keysAreNumberedOnAndNeverOverwritten() throws Exception {
    ring("").generate("models", files(SignatureScheme.ED25519, 2));
    List<RoleKey> more = ring("").generate("models", files(SignatureScheme.ED25519, 1));
    assertEquals("models-3", more.get(0).name());
    assertThrows(
        FileAlreadyExistsException.class,
        () -> new KeyFolder(directory).add("models-3", new byte[0]));
  }

  @Test
  void withoutAPassphraseOnlyTheOwnerCanReadTheFile() throws Exception {
    ring("").generate("root", files(SignatureScheme.ED25519, 1));
    assertFalse(ring("").encryptsNewKeys());
    assertTrue(file("root-1.pem").contains("BEGIN PRIVATE KEY"));
    assertEquals(
        "rw-------",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(directory.resolve("root-1.pem"))));
  }

  @Test
  void withAPassphraseTheFileAloneIsWorthNothing() throws Exception {
    List<RoleKey> made = ring("correct horse").generate("root", files(SignatureScheme.ED25519, 1));
    assertTrue(ring("correct horse").encryptsNewKeys());
    assertTrue(file("root-1.pem").contains("BEGIN ENCRYPTED PRIVATE KEY"));
    assertFalse(file("root-1.pem").contains("BEGIN PRIVATE KEY"));
    ring("correct horse").sign(made.get(0), MESSAGE);
    for (String wrong : List.of("", "battery staple")) {
      AuthorRefusal refusal =
          assertThrows(AuthorRefusal.class, () -> ring(wrong).sign(made.get(0), MESSAGE));
      assertEquals(Code.PASSPHRASE, refusal.kind());
      assertFalse(refusal.getMessage().contains("battery"));
    }
    assertEquals(made, ring("").keys(), "the public side needs no passphrase");
  }

  @Test
  void aFileThatIsNoKeyIsNamed() throws Exception {
    Files.writeString(directory.resolve("models-1.pem"), "-----BEGIN PUBLIC KEY-----\nAAAA\n");
    AuthorRefusal refusal = assertThrows(AuthorRefusal.class, () -> ring("").keys());
    assertEquals(Code.BAD_KEY, refusal.kind());
    assertTrue(refusal.getMessage().startsWith("models-1: "));
  }
}
