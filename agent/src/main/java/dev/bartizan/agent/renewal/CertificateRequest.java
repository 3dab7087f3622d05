// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import java.io.IOException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.pkcs.Attribute;
import org.bouncycastle.asn1.pkcs.CertificationRequest;
import org.bouncycastle.asn1.pkcs.CertificationRequestInfo;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;

/** Asks for the present certificate's name and key again (PKCS #10; RFC 7030, 4.2.2). */
final class CertificateRequest {
  private CertificateRequest() {}

  /** The request, signed by the identity key where it is. */
  static Bytes renewing(X509Certificate present, DeviceKeystore keystore)
      throws IOException, Malformed, KeystoreRefusal {
    CertificationRequestInfo asked = asked(present, keystore);
    Bytes signature = keystore.signDigest(Digest.of(asked.getEncoded()));
    CertificationRequest request =
        new CertificationRequest(
            asked,
            new AlgorithmIdentifier(X9ObjectIdentifiers.ecdsa_with_SHA256),
            new DERBitString(signature.toArray()));
    return Bytes.of(request.getEncoded());
  }

  private static CertificationRequestInfo asked(X509Certificate present, DeviceKeystore keystore)
      throws Malformed {
    try {
      JcaX509CertificateHolder known = new JcaX509CertificateHolder(present);
      Extension name = known.getExtension(Extension.subjectAlternativeName);
      if (name == null) {
        throw new Malformed("the present certificate has no alternative name");
      }
      return new CertificationRequestInfo(
          known.getSubject(),
          SubjectPublicKeyInfo.getInstance(keystore.publicKey(KeyPurpose.IDENTITY).getEncoded()),
          new DERSet(
              new Attribute(
                  PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                  new DERSet(new Extensions(name)))));
    } catch (CertificateEncodingException broken) {
      throw new Malformed("the present certificate cannot be read", broken);
    }
  }
}
