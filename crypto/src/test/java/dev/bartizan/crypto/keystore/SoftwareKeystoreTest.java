// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;

class SoftwareKeystoreTest extends DeviceKeystoreContract {
  private static final Passphrase PASSWORD = SoftHsm.pin("correct horse");
  private static final SecureRandom RANDOM = new SecureRandom();

  private final MemoryBlobStore blobs = new MemoryBlobStore();

  @Override
  DeviceKeystore created() throws Exception {
    return SoftwareKeystore.create(blobs, PASSWORD, RANDOM);
  }

  @Override
  DeviceKeystore createdElsewhere() throws Exception {
    return SoftwareKeystore.create(new MemoryBlobStore(), PASSWORD, RANDOM);
  }

  @Override
  DeviceKeystore reopened() throws Exception {
    return SoftwareKeystore.open(blobs, PASSWORD);
  }

  @Test
  void theyAreSaidToBeInSoftware() throws Exception {
    assertEquals("software", created().protection().kind().text());
  }

  @Test
  void aWrongPasswordIsToldFromDamage() throws Exception {
    created();
    Bytes stored = blobs.find(SoftwareKeystore.BLOB).orElseThrow();
    assertRefused("WRONG_PASSWORD", SoftHsm.pin("correct house"));
    for (int at = 0; at < stored.length(); at += 97) {
      byte[] bad = stored.toArray();
      bad[at] ^= 4;
      blobs.put(SoftwareKeystore.BLOB, Bytes.of(bad));
      assertRefused("BLOB_CHANGED", PASSWORD);
    }
    byte[] half = new byte[stored.length() / 2];
    stored.asBuffer().get(half);
    blobs.put(SoftwareKeystore.BLOB, Bytes.of(half));
    assertRefused("BLOB_CHANGED", PASSWORD);
    blobs.put(SoftwareKeystore.BLOB, stored);
    reopened();
  }

  // Attack: a key file of the attacker's making, whole but under another password.
  @Test
  void aKeyFileFromElsewhereDoesNotOpen() throws Exception {
    created();
    MemoryBlobStore theirs = new MemoryBlobStore();
    SoftwareKeystore.create(theirs, SoftHsm.pin("theirs"), RANDOM);
    blobs.put(SoftwareKeystore.BLOB, theirs.find(SoftwareKeystore.BLOB).orElseThrow());
    assertRefused("WRONG_PASSWORD", PASSWORD);
  }

  @Test
  void withoutItsPasswordFileNothingOpensAndNothingIsMade() throws Exception {
    Passphrase missing =
        () -> {
          throw KeystoreRefusal.badSecretFile("there is no such file");
        };
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> SoftwareKeystore.create(blobs, missing, RANDOM));
    assertEquals("BAD_SECRET_FILE", refusal.code());
    assertEquals(0, blobs.image().size());
  }

  @Test
  void keysAreNeverMadeOverOldOnes() throws Exception {
    assertEquals("NO_KEYS", assertThrows(KeystoreRefusal.class, this::reopened).code());
    created();
    Bytes stored = blobs.find(SoftwareKeystore.BLOB).orElseThrow();
    assertEquals("KEYS_EXIST", assertThrows(KeystoreRefusal.class, this::created).code());
    assertEquals(stored, blobs.find(SoftwareKeystore.BLOB).orElseThrow());
  }

  private void assertRefused(String code, Passphrase password) {
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> SoftwareKeystore.open(blobs, password));
    assertEquals(code, refusal.code());
  }
}
