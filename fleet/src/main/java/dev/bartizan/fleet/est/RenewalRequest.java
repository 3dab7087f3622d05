// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.est;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.fleet.est.EstRefusal.Reason;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/** A certificate request (PKCS #10), and what it must say to renew a given certificate. */
final class RenewalRequest {
  /** In base64; a request for a P-256 key has some 700 bytes. */
  static final int MAX_LENGTH = 8 * 1024;

  private static final Set<ASN1ObjectIdentifier> ALGORITHMS =
      Set.of(
          X9ObjectIdentifiers.ecdsa_with_SHA256,
          X9ObjectIdentifiers.ecdsa_with_SHA384,
          X9ObjectIdentifiers.ecdsa_with_SHA512);

  private final PKCS10CertificationRequest request;
  private final Optional<Extension> alternativeName;

  private RenewalRequest(PKCS10CertificationRequest request, Optional<Extension> name) {
    this.request = request;
    this.alternativeName = name;
  }

  /** Reads base64 as RFC 8951 has it: with line ends of any kind, or without. */
  static RenewalRequest read(byte[] body) throws Malformed {
    String text = new String(body, StandardCharsets.ISO_8859_1).replaceAll("[ \\t\\r\\n]", "");
    try {
      byte[] der = Base64.getDecoder().decode(text);
      PKCS10CertificationRequest request = new PKCS10CertificationRequest(der);
      if (!Arrays.equals(request.getEncoded(), der)) {
        throw new Malformed("the certificate request is not DER, or something follows it");
      }
      Extensions wanted = request.getRequestedExtensions();
      return new RenewalRequest(
          request,
          Optional.ofNullable(wanted)
              .map(all -> all.getExtension(Extension.subjectAlternativeName)));
    } catch (IOException | RuntimeException notARequest) {
      // The parser of ASN.1 throws whatever the depth it is at throws.
      throw new Malformed("the certificate request cannot be read", notARequest);
    }
  }

  /**
   * Insists that this asks for another certificate of the same name and key (RFC 7030, 4.2.2), and
   * that whoever asks has the key.
   */
  void require(X509Certificate present) throws Malformed, EstRefusal {
    requireKey(present.getPublicKey());
    requireName(present);
    requirePossession(present.getPublicKey());
  }

  private void requireKey(PublicKey enrolled) throws Malformed, EstRefusal {
    try {
      if (!Arrays.equals(request.getSubjectPublicKeyInfo().getEncoded(), enrolled.getEncoded())) {
        throw new EstRefusal(
            Reason.OTHER_KEY, "the request is for another key than the enrolled identity key");
      }
    } catch (IOException unreadable) {
      throw new Malformed("the certificate request's key cannot be read", unreadable);
    }
  }

  private void requireName(X509Certificate present) throws EstRefusal {
    try {
      JcaX509CertificateHolder known = new JcaX509CertificateHolder(present);
      if (!request.getSubject().equals(known.getSubject())) {
        throw new EstRefusal(Reason.OTHER_NAME, "the request has another subject");
      }
      Extension name = known.getExtension(Extension.subjectAlternativeName);
      boolean same =
          alternativeName
              .filter(asked -> asked.getExtnValue().equals(name.getExtnValue()))
              .isPresent();
      if (!same) {
        throw new EstRefusal(
            Reason.OTHER_NAME, "the request has another subject alternative name, or none");
      }
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a certificate of ours is encoded", impossible);
    }
  }

  private void requirePossession(PublicKey key) throws EstRefusal {
    try {
      boolean known = ALGORITHMS.contains(request.getSignatureAlgorithm().getAlgorithm());
      if (known && request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
        return;
      }
    } catch (OperatorCreationException | PKCSException notASignature) {
      throw new EstRefusal(
          Reason.NO_POSSESSION, "the request's signature cannot be read", notASignature);
    }
    throw new EstRefusal(Reason.NO_POSSESSION, "the request is not signed by its key");
  }
}
