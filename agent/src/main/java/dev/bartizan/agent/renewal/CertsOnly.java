// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.crypto.json.Malformed;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.Collection;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cms.CMSException;
import org.bouncycastle.cms.CMSSignedData;

/** Certificates as EST sends them: in a SignedData that nobody signed, in base64. */
final class CertsOnly {
  private static final int MAX_CERTIFICATES = 16;

  private CertsOnly() {}

  /**
   * The one for {@code key}; servers may send their own chain with it. It is not looked at further.
   *
   * @throws Malformed when there is none, or several
   */
  static X509Certificate read(byte[] body, PublicKey key) throws Malformed {
    String text = new String(body, StandardCharsets.ISO_8859_1).replaceAll("[ \\t\\r\\n]", "");
    try {
      CMSSignedData cms = new CMSSignedData(Base64.getDecoder().decode(text));
      Collection<X509CertificateHolder> all = cms.getCertificates().getMatches(null);
      if (all.size() > MAX_CERTIFICATES) {
        throw new Malformed("the server sent " + all.size() + " certificates");
      }
      X509Certificate found = null;
      for (X509CertificateHolder holder : all) {
        X509Certificate certificate = new JcaX509CertificateConverter().getCertificate(holder);
        if (certificate.getPublicKey().equals(key)) {
          if (found != null) {
            throw new Malformed("the server sent several certificates for this device's key");
          }
          found = certificate;
        }
      }
      if (found == null) {
        throw new Malformed("the server sent no certificate for this device's key");
      }
      return found;
    } catch (CMSException | CertificateException | RuntimeException notCms) {
      // The parser of ASN.1 throws whatever the depth it is at throws.
      throw new Malformed("the server's certificates cannot be read", notCms);
    }
  }
}
