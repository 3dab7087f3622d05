// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.SecretBytes;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class Pkcs11AgreementKeyTest {
  private static final SecureRandom RANDOM = new SecureRandom();

  private static SoftHsm token;
  private static KeyPair other;

  @BeforeAll
  static void manufacture() throws Exception {
    token = SoftHsm.token();
    other = pair();
  }

  private static KeyPair pair() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(PeerKey.P256);
    return generator.generateKeyPair();
  }

  private static Pkcs11AgreementKey key(String name) {
    return new Pkcs11AgreementKey(token.module(), name, SoftHsm.pin(), RANDOM);
  }

  private static ECPublicKey make(Pkcs11AgreementKey key) throws Exception {
    return PeerKey.parse(key.make(Pkcs11AgreementKeyTest::certify).getPublicKey().getEncoded());
  }

  /** By somebody else: the key itself signs nothing. */
  private static X509Certificate certify(ECPublicKey key) {
    try {
      return HolderCertificate.of(
          KeyPurpose.UNWRAP,
          new KeyPair(key, other.getPrivate()),
          other,
          Signature.getInstance("SHA256withECDSA").getProvider());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static byte[] shared(PrivateKey own, ECPublicKey peer) throws GeneralSecurityException {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(own);
    agreement.doPhase(peer, true);
    return agreement.generateSecret();
  }

  private static KeystoreRefusal refused(Pkcs11AgreementKey key, ECPublicKey expected) {
    return assertThrows(
        KeystoreRefusal.class,
        () -> key.agree(expected, (ECPublicKey) other.getPublic()).close(),
        "must not agree");
  }

  @Test
  void afterAnotherLoginItAgreesOnWhatTheOtherSideKnows() throws Exception {
    ECPublicKey made = make(key("again"));
    try (SecretBytes agreed = key("again").agree(made, (ECPublicKey) other.getPublic())) {
      assertArrayEquals(shared(other.getPrivate(), made), agreed.reveal(byte[]::clone));
    }
  }

  /** Attack: who has the PIN asks the token for the key itself, or for another use of it. */
  @Test
  void theTokenGivesNoKeyAwayAndDoesNotSign() throws Exception {
    make(key("closed"));
    KeyStore store = KeyStore.getInstance("PKCS11", token.module().provider());
    store.load(null, SoftHsm.PIN.toCharArray());
    Key inside = store.getKey("closed", null);
    assertNull(inside.getEncoded());
    assertTrue(inside.toString().contains("sensitive, unextractable"), inside.toString());
    Signature signature = Signature.getInstance("SHA256withECDSA", store.getProvider());
    assertThrows(
        Exception.class,
        () -> {
          signature.initSign((PrivateKey) inside);
          signature.update(new byte[1]);
          signature.sign();
        });
  }

  @Test
  void aNameIsTakenOnceAndTheFirstKeyStays() throws Exception {
    ECPublicKey made = make(key("taken"));
    for (KeystoreRefusal refusal :
        new KeystoreRefusal[] {
          assertThrows(KeystoreRefusal.class, () -> key("taken").requireNone()),
          assertThrows(KeystoreRefusal.class, () -> make(key("taken")))
        }) {
      assertEquals(KeystoreRefusal.Reason.KEYS_EXIST, refusal.reason());
    }
    key("taken").agree(made, (ECPublicKey) other.getPublic()).close();
  }

  /** Attack: somebody with the PIN puts a key of his own under the name. */
  @Test
  void anotherKeyOfThatNameIsNotUsed() throws Exception {
    ECPublicKey made = make(key("first"));
    make(key("second"));
    assertEquals(KeystoreRefusal.Reason.TOKEN_REPLACED, refused(key("second"), made).reason());
    assertEquals(KeystoreRefusal.Reason.TOKEN_REPLACED, refused(key("third"), made).reason());
  }

  @Test
  void aRefusedPinIsTriedOnce() throws Exception {
    // A token that this process is logged in to asks for no PIN.
    SoftHsm fresh = SoftHsm.token();
    ECPublicKey made = (ECPublicKey) other.getPublic();
    AtomicInteger read = new AtomicInteger();
    Pkcs11AgreementKey wrong =
        new Pkcs11AgreementKey(
            fresh.module(),
            "pin",
            () -> {
              read.incrementAndGet();
              return SecretBytes.take("1111".getBytes(StandardCharsets.US_ASCII));
            },
            RANDOM);
    assertEquals(KeystoreRefusal.Reason.WRONG_PIN, refused(wrong, made).reason());
    assertEquals(KeystoreRefusal.Reason.WRONG_PIN, refused(wrong, made).reason());
    assertEquals(1, read.get());
  }

  @Test
  void aTokenThatIsTakenOutIsARefusal() throws Exception {
    SoftHsm gone = SoftHsm.token();
    Pkcs11AgreementKey key = new Pkcs11AgreementKey(gone.module(), "gone", SoftHsm.pin(), RANDOM);
    ECPublicKey made = make(key);
    gone.remove();
    assertEquals(KeystoreRefusal.Reason.TOKEN_ABSENT, refused(key, made).reason());
  }

  @Test
  void aPeerThatIsNotOnTheCurveNeverReachesTheToken() throws Exception {
    ECPublicKey made = make(key("curve"));
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new java.security.spec.ECGenParameterSpec("secp384r1"));
    ECPublicKey foreign = (ECPublicKey) generator.generateKeyPair().getPublic();
    KeystoreRefusal refusal =
        assertThrows(KeystoreRefusal.class, () -> key("curve").agree(made, foreign));
    assertEquals(KeystoreRefusal.Reason.BAD_PEER_KEY, refusal.reason());
  }
}
