// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.util.Base64;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequestBuilder;

/** Certificate requests, honest and other. */
final class Csr {
  private Csr() {}

  static byte[] honest(X509Certificate present, KeyPair key) throws Exception {
    return base64(der(present, present, key.getPublic(), key.getPrivate(), "SHA256withECDSA"));
  }

  /**
   * @param subjectOf whose subject is asked for
   * @param nameOf whose alternative name
   */
  static byte[] der(
      X509Certificate subjectOf,
      X509Certificate nameOf,
      PublicKey key,
      PrivateKey signer,
      String algorithm)
      throws Exception {
    JcaX509CertificateHolder named = new JcaX509CertificateHolder(nameOf);
    X500Name subject = new JcaX509CertificateHolder(subjectOf).getSubject();
    return new PKCS10CertificationRequestBuilder(
            subject, SubjectPublicKeyInfo.getInstance(key.getEncoded()))
        .addAttribute(
            PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
            new Extensions(named.getExtension(Extension.subjectAlternativeName)))
        .build(new JcaContentSignerBuilder(algorithm).build(signer))
        .getEncoded();
  }

  static byte[] withoutName(X509Certificate present, KeyPair key) throws Exception {
    return base64(
        new PKCS10CertificationRequestBuilder(
                new JcaX509CertificateHolder(present).getSubject(),
                SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded()))
            .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
            .getEncoded());
  }

  static byte[] base64(byte[] der) {
    return Base64.getMimeEncoder().encode(der);
  }
}
