// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.PcrSelection;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.crypto.KeyAgreement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

/** What every back end of {@link DeviceKeystore} promises; each runs this suite. */
abstract class DeviceKeystoreContract {
  private static final PcrSelection BOOT = PcrSelection.parse("sha256:4");
  private static final Bytes NONCE = Bytes.of(new byte[32]);

  /** A keystore with fresh keys. */
  abstract DeviceKeystore created() throws Exception;

  /** The same on another device. */
  abstract DeviceKeystore createdElsewhere() throws Exception;

  /** The keystore that was created last, opened again as after a restart. */
  abstract DeviceKeystore reopened() throws Exception;

  @Test
  void theIdentityKeySignsAndAnybodyCanCheck() throws Exception {
    DeviceKeystore keystore = created();
    byte[] message = "over here".getBytes(StandardCharsets.UTF_8);
    Bytes signature = keystore.signDigest(Digest.of(message));
    Signature ecdsa = Signature.getInstance("SHA256withECDSA");
    ecdsa.initVerify(keystore.publicKey(KeyPurpose.IDENTITY));
    ecdsa.update(message);
    assertTrue(ecdsa.verify(signature.toArray()));
  }

  @Test
  void bothEndsOfAnAgreementGetTheSameSecret() throws Exception {
    DeviceKeystore keystore = created();
    KeyPair sender = pair("secp256r1");
    try (SecretBytes secret = keystore.agree((ECPublicKey) sender.getPublic())) {
      assertEquals(ecdh(sender, keystore.publicKey(KeyPurpose.UNWRAP)), secret.reveal(Bytes::of));
    }
  }

  @Test
  void oneKeyForEachPurpose() throws Exception {
    DeviceKeystore keystore = created();
    Set<PublicKey> keys = new HashSet<>();
    for (KeyPurpose purpose : purposes(keystore)) {
      keys.add(keystore.publicKey(purpose));
    }
    assertEquals(purposes(keystore).size(), keys.size());
  }

  @Test
  void whatDoesNotAttestRefusesEverythingThatWouldLookLikeIt() throws Exception {
    DeviceKeystore keystore = created();
    if (keystore.protection().kind().attests()) {
      assertEquals(16, keystore.quote(BOOT, NONCE).values().selection().banks().get(0).mask());
      return;
    }
    assertThrows(IllegalArgumentException.class, () -> keystore.publicKey(KeyPurpose.ATTESTATION));
    assertNotSupported(() -> keystore.quote(BOOT, NONCE));
    assertNotSupported(() -> keystore.readPcrs(BOOT));
    assertNotSupported(() -> keystore.measure(23, Digest.of(NONCE.toArray())));
    assertNotSupported(() -> keystore.enrolmentClaims(NONCE));
    assertNotSupported(() -> keystore.activate(new Credential(NONCE, NONCE)));
    assertEquals(Optional.empty(), keystore.anchor());
  }

  @Test
  void signaturesAndAgreementsFromManyThreadsAllHold() throws Exception {
    DeviceKeystore keystore = created();
    KeyPair sender = pair("secp256r1");
    Bytes expected = ecdh(sender, keystore.publicKey(KeyPurpose.UNWRAP));
    ExecutorService threads = Executors.newFixedThreadPool(4);
    try {
      List<Future<Boolean>> all = new ArrayList<>();
      for (int turn = 0; turn < 8; turn++) {
        Digest digest = Digest.of(new byte[] {(byte) turn});
        all.add(threads.submit(() -> holds(keystore, digest, sender, expected)));
      }
      for (Future<Boolean> one : all) {
        assertTrue(one.get());
      }
    } finally {
      threads.shutdown();
    }
  }

  private static boolean holds(
      DeviceKeystore keystore, Digest digest, KeyPair sender, Bytes expected) throws Exception {
    Signature ecdsa = Signature.getInstance("NONEwithECDSA");
    ecdsa.initVerify(keystore.publicKey(KeyPurpose.IDENTITY));
    ecdsa.update(digest.value().toArray());
    boolean signed = ecdsa.verify(keystore.signDigest(digest).toArray());
    try (SecretBytes secret = keystore.agree((ECPublicKey) sender.getPublic())) {
      return signed && secret.reveal(Bytes::of).equals(expected);
    }
  }

  @Test
  void keysAndNameSurviveARestart() throws Exception {
    DeviceKeystore before = created();
    DeviceKeystore after = reopened();
    assertEquals(before.ueid(), after.ueid());
    assertEquals(before.protection(), after.protection());
    for (KeyPurpose purpose : purposes(before)) {
      assertEquals(before.publicKey(purpose), after.publicKey(purpose));
    }
  }

  @Test
  void twoDevicesShareNothing() throws Exception {
    DeviceKeystore one = created();
    DeviceKeystore other = createdElsewhere();
    assertNotEquals(one.ueid(), other.ueid());
    for (KeyPurpose purpose : purposes(one)) {
      assertNotEquals(one.publicKey(purpose), other.publicKey(purpose));
    }
  }

  // Attack: an invalid curve point leaks the private key, a residue at a time.
  @Test
  void aSendersKeyThatIsNotOnTheCurveIsRefused() throws Exception {
    DeviceKeystore keystore = created();
    ECPublicKey other = (ECPublicKey) pair("secp384r1").getPublic();
    assertRefusedAsPeer(keystore, other);
    ECPublicKey good = (ECPublicKey) pair("secp256r1").getPublic();
    ECPoint beside =
        new ECPoint(good.getW().getAffineX(), good.getW().getAffineY().add(BigInteger.ONE));
    assertRefusedAsPeer(keystore, new PointOffTheCurve(beside, good.getParams()));
  }

  @Test
  void theNameOfADeviceIsCanonicalText() throws Exception {
    Ueid name = created().ueid();
    assertEquals(44, name.text().length());
    assertEquals(name, Ueid.parse(name.text()));
    assertFalse(name.text().contains("="));
  }

  private static void assertRefusedAsPeer(DeviceKeystore keystore, ECPublicKey peer) {
    KeystoreRefusal refusal = assertThrows(KeystoreRefusal.class, () -> keystore.agree(peer));
    assertEquals("BAD_PEER_KEY", refusal.code());
  }

  private static void assertNotSupported(Executable use) {
    assertEquals("NOT_SUPPORTED", assertThrows(KeystoreRefusal.class, use).code());
  }

  private static Set<KeyPurpose> purposes(DeviceKeystore keystore) {
    return keystore.protection().kind().attests()
        ? EnumSet.allOf(KeyPurpose.class)
        : EnumSet.of(KeyPurpose.IDENTITY, KeyPurpose.UNWRAP);
  }

  static KeyPair pair(String curve) throws Exception {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(curve));
    return generator.generateKeyPair();
  }

  static Bytes ecdh(KeyPair ours, ECPublicKey theirs) throws Exception {
    KeyAgreement agreement = KeyAgreement.getInstance("ECDH");
    agreement.init(ours.getPrivate());
    agreement.doPhase(theirs, true);
    return Bytes.of(agreement.generateSecret());
  }

  /** What a careless parser may hand us; the JDK's own key factory makes these too. */
  private record PointOffTheCurve(ECPoint point, ECParameterSpec spec) implements ECPublicKey {
    @Override
    public ECPoint getW() {
      return point;
    }

    @Override
    public ECParameterSpec getParams() {
      return spec;
    }

    @Override
    public String getAlgorithm() {
      return "EC";
    }

    @Override
    public String getFormat() {
      return "none";
    }

    @Override
    public byte[] getEncoded() {
      return new byte[0];
    }
  }
}
