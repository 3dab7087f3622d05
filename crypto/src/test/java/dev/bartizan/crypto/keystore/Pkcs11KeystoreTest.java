// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class Pkcs11KeystoreTest extends DeviceKeystoreContract {
  private static final Digest DIGEST = Digest.of(new byte[] {1, 2, 3});
  private static final SecureRandom RANDOM = new SecureRandom();

  private static SoftHsm token;
  private static SoftHsm otherToken;
  private static int devices;

  private final MemoryBlobStore blobs = new MemoryBlobStore();
  private String label = "";

  @BeforeAll
  static void manufacture() throws IOException {
    token = SoftHsm.token();
    otherToken = SoftHsm.token();
  }

  @BeforeEach
  void anotherDevice() {
    label = "device" + devices++;
  }

  @Override
  DeviceKeystore created() throws Exception {
    return Pkcs11Keystore.create(token.module(), label, SoftHsm.pin(), blobs, RANDOM);
  }

  @Override
  DeviceKeystore createdElsewhere() throws Exception {
    return Pkcs11Keystore.create(
        otherToken.module(), label, SoftHsm.pin(), new MemoryBlobStore(), RANDOM);
  }

  @Override
  DeviceKeystore reopened() throws Exception {
    return Pkcs11Keystore.open(token.module(), label, SoftHsm.pin(), blobs);
  }

  @Test
  void destroyedKeysAreGoneFromTheTokenWhoeverHasTheBlob() throws Exception {
    DeviceKeystore keystore = created();
    keystore.destroy();
    keystore.destroy();
    assertFalse(Pkcs11Keystore.isMade(token.module(), label, SoftHsm.pin()));
    KeystoreRefusal gone = assertThrows(KeystoreRefusal.class, () -> keystore.signDigest(DIGEST));
    assertEquals("TOKEN_REPLACED", gone.code());
  }

  // Attack: root asks the token for the keys themselves.
  @Test
  void theTokenGivesNoKeyAwayAndUsesEachForOneThingOnly() throws Exception {
    created();
    KeyStore store = KeyStore.getInstance("PKCS11", token.module().provider());
    store.load(null, SoftHsm.PIN.toCharArray());
    for (String purpose : new String[] {"identity", "unwrap"}) {
      Key key = store.getKey(label + "-" + purpose, null);
      assertNull(key.getEncoded());
      assertTrue(key.toString().contains("sensitive, unextractable"), key.toString());
    }
    PrivateKey unwrap = (PrivateKey) store.getKey(label + "-unwrap", null);
    PrivateKey identity = (PrivateKey) store.getKey(label + "-identity", null);
    assertThrows(
        Exception.class,
        () -> {
          Signature signs = Signature.getInstance("NONEwithECDSA", store.getProvider());
          signs.initSign(unwrap);
          signs.update(new byte[32]);
          signs.sign();
        });
    assertThrows(
        Exception.class,
        () -> {
          KeyAgreement agrees = KeyAgreement.getInstance("ECDH", store.getProvider());
          agrees.init(identity);
          agrees.doPhase(pair("secp256r1").getPublic(), true);
          agrees.generateSecret();
        });
  }

  @Test
  void aMissingModuleIsRefusedByName(@TempDir Path folder) throws Exception {
    Path missing = folder.resolve("libnone.so");
    assertRefused("MODULE_UNUSABLE", new Pkcs11Module(missing, 0), SoftHsm.pin());
    Path notAModule = Files.writeString(folder.resolve("libtext.so"), "not a module");
    assertRefused("MODULE_UNUSABLE", new Pkcs11Module(notAModule, 0), SoftHsm.pin());
    assertRefused("MODULE_UNUSABLE", new Pkcs11Module(SoftHsm.MODULE, 1), SoftHsm.pin());
  }

  // A slot can be named in one way only: nothing slips into the provider's configuration.
  @Test
  void aModuleThatIsNoPlainPathIsRefused() {
    for (String path : new String[] {"libx.so", "/lib/a b.so", "/lib/x\nslot = 2", "/lib/{x}.so"}) {
      assertThrows(IllegalArgumentException.class, () -> new Pkcs11Module(Path.of(path), 0));
    }
  }

  @Test
  void aWrongPinIsRefusedAndNothingIsMade() throws Exception {
    SoftHsm locked = SoftHsm.token();
    assertRefused("WRONG_PIN", locked.module(), SoftHsm.pin("0000"));
    assertEquals(Map.of(), blobs.image());
    Pkcs11Keystore.create(locked.module(), label, SoftHsm.pin(), blobs, RANDOM);
  }

  // Attack on ourselves: tries until the token locks.
  @Test
  void aRefusedPinIsTriedOnce() throws Exception {
    AtomicInteger reads = new AtomicInteger();
    Passphrase wrong =
        () -> {
          reads.incrementAndGet();
          return SoftHsm.pin("0000").read();
        };
    Pkcs11Token stubborn = new Pkcs11Token(SoftHsm.token().module(), label, wrong);
    for (int tries = 0; tries < 5; tries++) {
      assertEquals("WRONG_PIN", assertThrows(KeystoreRefusal.class, stubborn::keys).code());
    }
    assertEquals(1, reads.get());
  }

  @Test
  void aTokenThatIsTakenOutIsRefusedEachTimeAndTheRecordStays() throws Exception {
    SoftHsm removable = SoftHsm.token();
    DeviceKeystore running =
        Pkcs11Keystore.create(removable.module(), label, SoftHsm.pin(), blobs, RANDOM);
    Map<String, Bytes> disk = blobs.image();
    removable.remove();
    for (int tries = 0; tries < 3; tries++) {
      assertGone(assertThrows(KeystoreRefusal.class, () -> running.signDigest(DIGEST)));
      assertGone(
          assertThrows(
              KeystoreRefusal.class,
              () -> running.agree((ECPublicKey) pair("secp256r1").getPublic())));
    }
    assertEquals(disk, blobs.image());
  }

  @Test
  void aTokenWithOtherKeysIsRefusedAndNeverAdopted() throws Exception {
    created();
    Pkcs11Keystore.create(otherToken.module(), label, SoftHsm.pin(), new MemoryBlobStore(), RANDOM);
    assertRefused("TOKEN_REPLACED", otherToken.module(), SoftHsm.pin());
    label = "somebody-else";
    assertRefused("TOKEN_REPLACED", token.module(), SoftHsm.pin());
  }

  @Test
  void keysAreNeverMadeOverOldOnes() throws Exception {
    KeystoreRefusal none = assertThrows(KeystoreRefusal.class, this::reopened);
    assertEquals("NO_KEYS", none.code());
    created();
    assertEquals("KEYS_EXIST", assertThrows(KeystoreRefusal.class, this::created).code());
    KeystoreRefusal inToken =
        assertThrows(
            KeystoreRefusal.class,
            () ->
                Pkcs11Keystore.create(
                    token.module(), label, SoftHsm.pin(), new MemoryBlobStore(), RANDOM));
    assertEquals("KEYS_EXIST", inToken.code());
  }

  @Test
  void aDamagedRecordIsRefused() throws Exception {
    created();
    byte[] good = blobs.find(Pkcs11Keystore.BLOB).orElseThrow().toArray();
    for (int at : new int[] {0, 20, 40, good.length - 2}) {
      byte[] bad = good.clone();
      bad[at] ^= 1;
      blobs.put(Pkcs11Keystore.BLOB, Bytes.of(bad));
      assertEquals("BLOB_CHANGED", assertThrows(KeystoreRefusal.class, this::reopened).code());
    }
    blobs.put(Pkcs11Keystore.BLOB, Bytes.empty());
    assertEquals("BLOB_CHANGED", assertThrows(KeystoreRefusal.class, this::reopened).code());
  }

  @Test
  void theTokenCannotSpeakOfTheBootState() throws Exception {
    assertFalse(created().protection().kind().attests());
    assertEquals("libsofthsm2.so", reopened().protection().manufacturer());
  }

  private void assertRefused(String code, Pkcs11Module module, Passphrase pin) {
    KeystoreRefusal refusal =
        assertThrows(
            KeystoreRefusal.class,
            () -> {
              if (blobs.image().isEmpty()) {
                Pkcs11Keystore.create(module, label, pin, blobs, RANDOM);
              } else {
                Pkcs11Keystore.open(module, label, pin, blobs);
              }
            });
    assertEquals(code, refusal.code(), refusal.getMessage());
  }

  private static void assertGone(KeystoreRefusal refusal) {
    assertTrue(
        refusal.code().equals("TOKEN_ABSENT") || refusal.code().equals("TOKEN_REPLACED"),
        refusal.code() + ": " + refusal.getMessage());
  }
}
