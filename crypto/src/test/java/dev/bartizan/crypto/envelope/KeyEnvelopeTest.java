// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.SecretMemory;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Date;
import java.util.HexFormat;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.Test;

class KeyEnvelopeTest {
  private static final byte[] CONTENT_KEY =
      "the content key of 32 bytes ....".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

  private final SecureRandom random = new SecureRandom();
  private final KeyPair device = p256();
  private final X509Certificate certificate = certificate(device, 5);

  @Test
  void theDeviceItWasMadeForOpensIt() throws Exception {
    Bytes envelope = wrap(certificate);
    assertEquals(Bytes.of(CONTENT_KEY), open(envelope.toArray(), certificate, device));
  }

  @Test
  void anotherDeviceIsToldThatItIsNotForIt() throws Exception {
    KeyPair other = p256();
    byte[] envelope = wrap(certificate).toArray();
    EnvelopeRefusal refusal =
        assertThrows(EnvelopeRefusal.class, () -> open(envelope, certificate(other, 6), other));
    assertEquals(EnvelopeRefusal.Reason.WRONG_DEVICE, refusal.reason());
  }

  @Test
  void aCertificateOfTheSameNumberWithAnotherKeyDoesNotOpenIt() throws Exception {
    KeyPair other = p256();
    byte[] envelope = wrap(certificate).toArray();
    EnvelopeRefusal refusal =
        assertThrows(EnvelopeRefusal.class, () -> open(envelope, certificate(other, 5), other));
    assertEquals(EnvelopeRefusal.Reason.WRONG_KEY, refusal.reason());
  }

  @Test
  void aFlippedBitAnywhereIsRefusedOrGivesAnotherKey() throws Exception {
    byte[] envelope = wrap(certificate).toArray();
    for (int bit = 0; bit < envelope.length * Byte.SIZE; bit++) {
      byte[] forged = envelope.clone();
      forged[bit / Byte.SIZE] ^= (byte) (1 << bit % Byte.SIZE);
      try {
        assertNotEquals(
            Bytes.of(CONTENT_KEY),
            open(forged, certificate, device),
            "bit " + bit % Byte.SIZE + " of byte " + bit / Byte.SIZE + " does not matter");
      } catch (Refusal expected) {
        // Most bits end here.
      }
    }
  }

  @Test
  void anEphemeralKeyThatLeavesBitsUnusedIsRefused() throws Exception {
    byte[] envelope = wrap(certificate).toArray();
    int point = indexOf(envelope, HexFormat.of().parseHex("03420004"));
    envelope[point + 2] = 1;
    // DER wants the unused bit to be zero; the point it belonged to may have had it so.
    envelope[point + 1 + 0x42] &= (byte) 0xfe;
    assertMalformed(envelope);
  }

  private static int indexOf(byte[] haystack, byte[] needle) {
    int at = 0;
    while (!Arrays.equals(haystack, at, at + needle.length, needle, 0, needle.length)) {
      at++;
    }
    return at;
  }

  @Test
  void truncatedExtendedOversizedAndForeignBytesAreRefused() throws Exception {
    byte[] envelope = wrap(certificate).toArray();
    assertMalformed(Arrays.copyOf(envelope, envelope.length - 1));
    assertMalformed(Arrays.copyOf(envelope, envelope.length + 1));
    assertMalformed(new byte[KeyEnvelope.MAX_LENGTH + 1]);
    assertMalformed(new byte[0]);
    assertMalformed(certificate.getEncoded());
  }

  private static void assertMalformed(byte[] der) {
    EnvelopeRefusal refusal = assertThrows(EnvelopeRefusal.class, () -> KeyEnvelope.parse(der));
    assertEquals(EnvelopeRefusal.Reason.MALFORMED, refusal.reason());
  }

  private Bytes wrap(X509Certificate recipient) throws Exception {
    try (SecretBytes key = SecretBytes.take(CONTENT_KEY.clone())) {
      return new ContentKeyWrapper(random).wrap(key, recipient);
    }
  }

  private static Bytes open(byte[] envelope, X509Certificate recipient, KeyPair device)
      throws Exception {
    try (SecretBytes key =
        KeyEnvelope.parse(envelope)
            .open(
                recipient,
                ephemeral -> {
                  try {
                    KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
                    ecdh.init(device.getPrivate());
                    ecdh.doPhase(ephemeral, true);
                    return SecretBytes.take(ecdh.generateSecret());
                  } catch (java.security.GeneralSecurityException e) {
                    throw new EnvelopeRefusal(EnvelopeRefusal.Reason.MALFORMED, "off curve", e);
                  }
                },
                SecretMemory.ordinary())) {
      return key.reveal(Bytes::of);
    }
  }

  private static KeyPair p256() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (java.security.GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static X509Certificate certificate(KeyPair subject, int serial) {
    try {
      X500Name name = new X500Name("CN=test");
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      name,
                      BigInteger.valueOf(serial),
                      new Date(0),
                      new Date(1L << 41),
                      name,
                      subject.getPublic())
                  .build(
                      new JcaContentSignerBuilder("SHA256withECDSA").build(subject.getPrivate())));
    } catch (org.bouncycastle.operator.OperatorCreationException
        | java.security.cert.CertificateException e) {
      throw new IllegalStateException(e);
    }
  }
}
