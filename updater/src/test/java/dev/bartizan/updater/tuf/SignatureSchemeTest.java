// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.RepositorySimulator.Signer;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class SignatureSchemeTest {
  private static final Bytes MESSAGE = Bytes.of("what was said".getBytes(UTF_8));

  private static boolean accepted(Signer signer, byte[] signature) {
    return new VerificationKey(signer.scheme(), signer.pair().getPublic())
        .hasSigned(MESSAGE, Bytes.of(signature));
  }

  @ParameterizedTest
  @EnumSource
  void aKeySurvivesItsSpellingAndItsSignatureItsCheck(SignatureScheme scheme) throws Exception {
    Signer signer = RepositorySimulator.newSigner(scheme);
    assertEquals(
        signer.pair().getPublic(), scheme.decode(scheme.encode(signer.pair().getPublic())));
    byte[] signature = RepositorySimulator.signature(signer, MESSAGE.toArray());
    assertTrue(accepted(signer, signature));
  }

  @ParameterizedTest
  @EnumSource
  void noOtherLengthAndNoOtherBitIsAccepted(SignatureScheme scheme) {
    Signer signer = RepositorySimulator.newSigner(scheme);
    byte[] signature = RepositorySimulator.signature(signer, MESSAGE.toArray());
    assertFalse(accepted(signer, new byte[0]));
    assertFalse(accepted(signer, Arrays.copyOf(signature, signature.length + 1)));
    assertFalse(accepted(signer, Arrays.copyOf(signature, signature.length - 1)));
    for (int i = 0; i < signature.length; i++) {
      byte[] flipped = signature.clone();
      flipped[i] ^= 1;
      assertFalse(accepted(signer, flipped), "byte " + i);
    }
  }

  /** About every second encoding is none; the platform decodes them all. */
  @Test
  void anEd25519KeyThatIsNoPointOfTheCurveHasSignedNothing() throws Exception {
    for (int y = 2; y < 32; y++) {
      String encoded = String.format(Locale.ROOT, "%02x", y) + "00".repeat(31);
      VerificationKey key =
          new VerificationKey(SignatureScheme.ED25519, SignatureScheme.ED25519.decode(encoded));
      assertFalse(key.hasSigned(MESSAGE, Bytes.of(new byte[64])), encoded);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"ECDSA_P256", "ECDSA_P384"})
  void anEcdsaSignatureHasOneEncodingOnly(SignatureScheme scheme) {
    Signer signer = RepositorySimulator.newSigner(scheme);
    BigInteger order = ((ECPublicKey) signer.pair().getPublic()).getParams().getOrder();
    byte[] honest = RepositorySimulator.signature(signer, MESSAGE.toArray());
    BigInteger r = integer(honest, 2);
    BigInteger s = integer(honest, 4 + honest[3]);
    assertTrue(accepted(signer, der(r.toByteArray(), s.toByteArray())));
    assertFalse(accepted(signer, der(padded(r), s.toByteArray())), "a zero too many");
    assertFalse(accepted(signer, der(r.add(order).toByteArray(), s.toByteArray())), "r + n");
    assertFalse(accepted(signer, der(r.toByteArray(), s.subtract(order).toByteArray())), "s - n");
    assertFalse(accepted(signer, der(new byte[1], s.toByteArray())), "r = 0");
    assertFalse(accepted(signer, longForm(honest)), "long form of the length");
    byte[] tail = Arrays.copyOf(honest, honest.length + 1);
    tail[1]++;
    assertFalse(accepted(signer, tail), "a byte behind s");
  }

  /** A quantum computer forges the one half, a flaw in young mathematics the other. */
  @ParameterizedTest
  @EnumSource(names = {"ED25519_ML_DSA_65", "ECDSA_P256_ML_DSA_65"})
  void ofAHybridKeyNeitherHalfIsEnough(SignatureScheme scheme) {
    Signer signer = RepositorySimulator.newSigner(scheme);
    byte[] whole = RepositorySimulator.signature(signer, MESSAGE.toArray());
    byte[] other = RepositorySimulator.signature(signer, "something else".getBytes(UTF_8));
    int cut = whole.length - 3309;
    assertTrue(accepted(signer, whole));
    assertFalse(accepted(signer, Arrays.copyOf(whole, cut)), "the classical one alone");
    assertFalse(accepted(signer, Arrays.copyOfRange(whole, cut, whole.length)), "ML-DSA alone");
    assertFalse(accepted(signer, joined(whole, cut, other, other.length - 3309)), "ML-DSA stale");
    assertFalse(accepted(signer, joined(other, other.length - 3309, whole, cut)), "first stale");
  }

  @Test
  void aClassicalKeyIsOneSignerAloneAndInAHybrid() throws Exception {
    Signer hybrid = RepositorySimulator.newSigner(SignatureScheme.ED25519_ML_DSA_65);
    VerificationKey both = new VerificationKey(hybrid.scheme(), hybrid.pair().getPublic());
    PublicKey half = ((HybridPublicKey) hybrid.pair().getPublic()).classical();
    assertEquals(new VerificationKey(SignatureScheme.ED25519, half).signer(), both.signer());
  }

  private static byte[] joined(byte[] first, int cut, byte[] second, int from) {
    byte[] joined = Arrays.copyOf(first, cut + 3309);
    System.arraycopy(second, from, joined, cut, 3309);
    return joined;
  }

  @Test
  void anRsaSignatureMayHaveTheLongestSaltAsGoWritesIt() throws Exception {
    Signer signer = RepositorySimulator.newSigner(SignatureScheme.RSA_PSS_SHA256);
    Signature longest = Signature.getInstance("RSASSA-PSS");
    int bits =
        ((java.security.interfaces.RSAPublicKey) signer.pair().getPublic())
            .getModulus()
            .bitLength();
    int salt = (bits + 6) / 8 - 32 - 2;
    longest.setParameter(
        new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, salt, 1));
    longest.initSign(signer.pair().getPrivate());
    longest.update(MESSAGE.toArray());
    assertTrue(accepted(signer, longest.sign()));
  }

  @Test
  void aKeyOfAnotherCurveOrAnUnsoundOneIsRefused() {
    Signer p256 = RepositorySimulator.newSigner(SignatureScheme.ECDSA_P256);
    String pem = p256.scheme().encode(p256.pair().getPublic());
    assertThrows(GeneralSecurityException.class, () -> SignatureScheme.ECDSA_P384.decode(pem));
    assertThrows(GeneralSecurityException.class, () -> SignatureScheme.RSA_PSS_SHA256.decode(pem));
    for (String broken : new String[] {"", "00", "zz".repeat(32), "00".repeat(33)}) {
      assertThrows(GeneralSecurityException.class, () -> SignatureScheme.ED25519.decode(broken));
      assertThrows(GeneralSecurityException.class, () -> SignatureScheme.ECDSA_P256.decode(broken));
    }
  }

  @Test
  void aPointBesideTheCurveIsRefused() throws Exception {
    byte[] spki =
        RepositorySimulator.newSigner(SignatureScheme.ECDSA_P256).pair().getPublic().getEncoded();
    spki[spki.length - 1] ^= 1;
    String pem =
        "-----BEGIN PUBLIC KEY-----\n"
            + java.util.Base64.getEncoder().encodeToString(spki)
            + "\n-----END PUBLIC KEY-----\n";
    assertThrows(GeneralSecurityException.class, () -> SignatureScheme.ECDSA_P256.decode(pem));
  }

  @Test
  void olderRepositoriesRepeatTheSchemeAsTheKeyType() {
    assertEquals(
        Optional.of(SignatureScheme.ECDSA_P256),
        SignatureScheme.find("ecdsa-sha2-nistp256", "ecdsa-sha2-nistp256"));
    assertEquals(Optional.empty(), SignatureScheme.find("rsa", "ecdsa-sha2-nistp256"));
    assertEquals(Optional.empty(), SignatureScheme.find("ed25519", "ed448"));
  }

  private static BigInteger integer(byte[] der, int at) {
    return new BigInteger(Arrays.copyOfRange(der, at + 2, at + 2 + der[at + 1]));
  }

  private static byte[] padded(BigInteger value) {
    byte[] digits = value.toByteArray();
    byte[] padded = new byte[digits.length + 1];
    System.arraycopy(digits, 0, padded, 1, digits.length);
    return padded;
  }

  private static byte[] der(byte[] r, byte[] s) {
    ByteBuffer der = ByteBuffer.allocate(6 + r.length + s.length);
    der.put((byte) 0x30).put((byte) (4 + r.length + s.length));
    der.put((byte) 2).put((byte) r.length).put(r).put((byte) 2).put((byte) s.length).put(s);
    return der.array();
  }

  private static byte[] longForm(byte[] der) {
    ByteBuffer longer = ByteBuffer.allocate(der.length + 1);
    longer.put((byte) 0x30).put((byte) 0x81).put(der, 1, der.length - 1);
    return longer.array();
  }
}
