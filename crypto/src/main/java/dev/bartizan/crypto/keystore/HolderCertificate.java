// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.Provider;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The certificate without which a Java key store keeps no private key. It carries the public key
 * beside the private one and says nothing else; nobody ever verifies it.
 */
final class HolderCertificate {
  private static final Date SINCE = Date.from(Instant.EPOCH);

  /** RFC 5280, 4.1.2.5: no well-defined end. */
  private static final Date FOR_EVER = Date.from(Instant.parse("9999-12-31T23:59:59Z"));

  private HolderCertificate() {}

  /**
   * @param signer the identity key pair: the unwrap key cannot sign, not even for itself
   * @param provider that of {@code signer}
   */
  static X509Certificate of(KeyPurpose purpose, KeyPair subject, KeyPair signer, Provider provider)
      throws GeneralSecurityException {
    return of("bartizan " + purpose.text(), subject, signer, "SHA256withECDSA", provider);
  }

  /**
   * Of a key that can sign for itself.
   *
   * @param name for who lists the token
   */
  static X509Certificate ofItself(String name, KeyPair pair, String algorithm, Provider provider)
      throws GeneralSecurityException {
    return of(name, pair, pair, algorithm, provider);
  }

  private static X509Certificate of(
      String commonName, KeyPair subject, KeyPair signer, String algorithm, Provider provider)
      throws GeneralSecurityException {
    X500Name name = new X500Name("CN=" + commonName);
    try {
      return new JcaX509CertificateConverter()
          .getCertificate(
              new JcaX509v3CertificateBuilder(
                      name, BigInteger.ONE, SINCE, FOR_EVER, name, subject.getPublic())
                  .build(
                      new JcaContentSignerBuilder(algorithm)
                          .setProvider(provider)
                          .build(signer.getPrivate())));
    } catch (OperatorCreationException unusable) {
      throw new GeneralSecurityException("the key does not sign", unusable);
    }
  }
}
