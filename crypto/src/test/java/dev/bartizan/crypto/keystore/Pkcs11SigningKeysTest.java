// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.Key;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Pkcs11SigningKeysTest {
  private static final ECGenParameterSpec P256 = new ECGenParameterSpec("secp256r1");
  private static final byte[] MESSAGE = {1, 2, 3};
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final Pkcs11SigningKeys.Scheme ECDSA =
      provider -> Signature.getInstance("SHA256withECDSA", provider);

  private static SoftHsm token;

  @BeforeAll
  static void manufacture() throws IOException {
    token = SoftHsm.token();
  }

  private static Pkcs11SigningKeys keys(String label) {
    return new Pkcs11SigningKeys(token.module(), label, SoftHsm.pin());
  }

  private static KeystoreRefusal refused(Pkcs11SigningKeys keys, String name, PublicKey key) {
    return assertThrows(
        KeystoreRefusal.class, () -> keys.sign(name, key, ECDSA, MESSAGE), "must not sign");
  }

  @Test
  void aKeySignsAfterAnotherLogin() throws Exception {
    PublicKey made = keys("again").make("models-1", P256, RANDOM);
    byte[] signature = keys("again").sign("models-1", made, ECDSA, MESSAGE);
    Signature check = Signature.getInstance("SHA256withECDSA");
    check.initVerify(made);
    check.update(MESSAGE);
    assertTrue(check.verify(signature));
  }

  /** Attack: who has the PIN asks the token for the key itself, or for another use of it. */
  @Test
  void theTokenGivesNoKeyAwayAndSignsAlone() throws Exception {
    keys("closed").make("models-1", P256, RANDOM);
    KeyStore store = KeyStore.getInstance("PKCS11", token.module().provider());
    store.load(null, SoftHsm.PIN.toCharArray());
    Key key = store.getKey("closed-models-1", null);
    assertNull(key.getEncoded());
    assertTrue(key.toString().contains("sensitive, unextractable"), key.toString());
    KeyPairGenerator peer = KeyPairGenerator.getInstance("EC");
    peer.initialize(P256);
    assertThrows(
        Exception.class,
        () -> {
          KeyAgreement agrees = KeyAgreement.getInstance("ECDH", store.getProvider());
          agrees.init((PrivateKey) key);
          agrees.doPhase(peer.generateKeyPair().getPublic(), true);
          agrees.generateSecret();
        });
  }

  @Test
  void aNameIsNeverTakenTwice() throws Exception {
    Pkcs11SigningKeys keys = keys("twice");
    keys.requireNone();
    PublicKey first = keys.make("models-1", P256, RANDOM);
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> keys.make("models-1", P256, RANDOM));
    assertEquals(KeystoreRefusal.Reason.KEYS_EXIST, refusal.reason());
    assertThrows(KeystoreRefusal.class, keys::requireNone);
    // It refuses what the first key's public half does not verify.
    assertTrue(keys.sign("models-1", first, ECDSA, MESSAGE).length > 0);
  }

  @Test
  void aKeyThatIsMissingOrAnotherIsNamed() throws Exception {
    Pkcs11SigningKeys keys = keys("other");
    PublicKey first = keys.make("models-1", P256, RANDOM);
    PublicKey second = keys.make("models-2", P256, RANDOM);
    KeystoreRefusal missing = refused(keys, "models-3", first);
    assertEquals(KeystoreRefusal.Reason.TOKEN_REPLACED, missing.reason());
    assertTrue(missing.getMessage().contains("other-models-3"), missing.getMessage());
    assertEquals(KeystoreRefusal.Reason.TOKEN_REPLACED, refused(keys, "models-1", second).reason());
  }

  /** Tokens count wrong PINs, and lock. */
  @Test
  void aRefusedPinIsTriedOnceForAllKeys() throws Exception {
    PublicKey made = keys("once").make("models-1", P256, RANDOM);
    SoftHsm fresh = SoftHsm.token();
    AtomicInteger tries = new AtomicInteger();
    Pkcs11SigningKeys wrong =
        new Pkcs11SigningKeys(
            fresh.module(),
            "once",
            () -> {
              tries.incrementAndGet();
              return SecretBytes.take("1111".getBytes(StandardCharsets.US_ASCII));
            });
    for (String name : new String[] {"models-1", "models-2", "models-3"}) {
      KeystoreRefusal refusal = refused(wrong, name, made);
      assertEquals(KeystoreRefusal.Reason.WRONG_PIN, refusal.reason());
    }
    assertEquals(1, tries.get());
  }

  @Test
  void aTokenThatIsTakenOutIsARefusal() throws Exception {
    SoftHsm gone = SoftHsm.token();
    Pkcs11SigningKeys keys = new Pkcs11SigningKeys(gone.module(), "gone", SoftHsm.pin());
    PublicKey made = keys.make("models-1", P256, RANDOM);
    gone.remove();
    assertEquals(KeystoreRefusal.Reason.TOKEN_ABSENT, refused(keys, "models-1", made).reason());
  }
}
