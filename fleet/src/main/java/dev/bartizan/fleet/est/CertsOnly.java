// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.List;
import org.bouncycastle.asn1.ASN1Encoding;
import org.bouncycastle.cert.jcajce.JcaCertStore;
import org.bouncycastle.cms.CMSAbsentContent;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedDataGenerator;

/** Certificates as EST sends them: a SignedData that nobody signed (RFC 5652, 5), in base64. */
final class CertsOnly {
  private CertsOnly() {}

  static byte[] write(X509Certificate certificate) {
    try {
      CMSSignedDataGenerator cms = new CMSSignedDataGenerator();
      cms.addCertificates(new JcaCertStore(List.of(certificate)));
      byte[] der =
          cms.generate(new CMSAbsentContent()).toASN1Structure().getEncoded(ASN1Encoding.DER);
      // RFC 8951: lines are allowed, and older clients want them.
      return Base64.getMimeEncoder().encode(der);
    } catch (IOException | CMSException | CertificateEncodingException impossible) {
      throw new IllegalStateException("certificates of ours can be written", impossible);
    }
  }
}
