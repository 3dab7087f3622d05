// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import java.security.PublicKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** A certificate that a chip brings along, and what it must say to be an endorsement key's. */
record EndorsementCertificate(X509Certificate x509) {
  private static final int NOT_AN_AUTHORITY = -1;
  private static final int KEY_ENCIPHERMENT = 2;
  private static final int KEY_AGREEMENT = 4;

  /** tcg-kp-EKCertificate (TCG EK Credential Profile). */
  private static final String EK_CERTIFICATE = "2.23.133.8.1";

  static EndorsementCertificate parse(Bytes der) throws EnrolmentRefusal {
    try {
      return new EndorsementCertificate(Pem.certificate(der.toArray(), "EK certificate"));
    } catch (Malformed notACertificate) {
      throw unknown("a certificate of the chip cannot be read", notACertificate);
    }
  }

  /** Insists that it certifies a key of this use, and no authority. */
  void requirePurpose() throws EnrolmentRefusal {
    try {
      List<String> purposes = x509.getExtendedKeyUsage();
      boolean forEndorsement = purposes == null || purposes.contains(EK_CERTIFICATE);
      boolean[] usage = x509.getKeyUsage();
      boolean decrypts = usage == null || usage[KEY_ENCIPHERMENT] || usage[KEY_AGREEMENT];
      boolean isAuthority = x509.getBasicConstraints() != NOT_AN_AUTHORITY;
      if (isAuthority || !forEndorsement || !decrypts) {
        throw unknown("the certificate is not one of an endorsement key", null);
      }
    } catch (CertificateParsingException broken) {
      throw unknown("the EK certificate's key usage cannot be read", broken);
    }
  }

  /** Insists on this key, by its own bytes: makers also write RSA keys as id-RSAES-OAEP. */
  void requireKey(TpmPublic endorsement) throws EnrolmentRefusal {
    try {
      byte[] certified = keyBits(x509.getPublicKey());
      if (!Arrays.equals(certified, keyBits(endorsement.toPublicKey()))) {
        throw unknown("the EK certificate is about another key", null);
      }
    } catch (TpmRefusal notAKey) {
      throw unknown("the endorsement key is no usable key", notAKey);
    }
  }

  private static byte[] keyBits(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded()).getPublicKeyData().getBytes();
  }

  private static EnrolmentRefusal unknown(String message, @Nullable Exception cause) {
    return new EnrolmentRefusal(Reason.UNKNOWN_CHIP, message, cause);
  }
}
