// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.cms.CMSAlgorithm;
import org.bouncycastle.cms.CMSEnvelopedDataGenerator;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSProcessableByteArray;
import org.bouncycastle.cms.jcajce.JceCMSContentEncryptorBuilder;
import org.bouncycastle.cms.jcajce.JceKeyAgreeRecipientInfoGenerator;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/** Wraps content keys to devices, in the form that {@link KeyEnvelope} opens. */
public final class ContentKeyWrapper {
  private final Provider bouncyCastle = new BouncyCastleProvider();
  private final SecureRandom random;

  public ContentKeyWrapper(SecureRandom random) {
    this.random = random;
  }

  /**
   * Wraps {@code contentKey} to the P-256 key of {@code recipient}; the result is DER.
   *
   * @throws EnvelopeRefusal MALFORMED when the certificate's key cannot be wrapped to
   */
  public Bytes wrap(SecretBytes contentKey, X509Certificate recipient) throws EnvelopeRefusal {
    try {
      CMSEnvelopedDataGenerator generator = new CMSEnvelopedDataGenerator();
      generator.addRecipientInfoGenerator(recipientInfo(recipient));
      var encryptor =
          new JceCMSContentEncryptorBuilder(CMSAlgorithm.AES256_CBC)
              .setProvider(bouncyCastle)
              .setSecureRandom(random)
              .build();
      return contentKey.reveal(
          key -> {
            try {
              return Bytes.of(
                  generator
                      .generate(new CMSProcessableByteArray(key), encryptor)
                      .toASN1Structure()
                      .getEncoded(ASN1Encoding.DER));
            } catch (CMSException | IOException bug) {
              throw new IllegalStateException("wrapping in memory cannot fail", bug);
            }
          });
    } catch (GeneralSecurityException | CMSException unsuitable) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.MALFORMED,
          "cannot wrap a key to the certificate of "
              + recipient.getSubjectX500Principal().getName(),
          unsuitable);
    }
  }

  private JceKeyAgreeRecipientInfoGenerator recipientInfo(X509Certificate recipient)
      throws GeneralSecurityException {
    KeyPairGenerator p256 = KeyPairGenerator.getInstance("EC", bouncyCastle);
    p256.initialize(new ECGenParameterSpec("secp256r1"), random);
    KeyPair ephemeral = p256.generateKeyPair();
    return new JceKeyAgreeRecipientInfoGenerator(
            CMSAlgorithm.ECDH_SHA256KDF,
            ephemeral.getPrivate(),
            ephemeral.getPublic(),
            CMSAlgorithm.AES256_WRAP)
        .addRecipient(recipient)
        .setProvider(bouncyCastle)
        .setSecureRandom(random);
  }
}
