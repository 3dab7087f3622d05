// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.pkcs.RSAPublicKey;
import org.bouncycastle.asn1.sec.SECObjectIdentifiers;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;

/**
 * What a chip's maker says about one of its endorsement keys, from the chip or from a file.
 * Unchecked: that is for whoever knows the maker's root.
 *
 * @param certificate X.509 DER
 * @param chain the certificates above it, X.509 DER, in any order
 */
public record EndorsementCredential(Bytes certificate, List<Bytes> chain) {
  private static final int SEQUENCE = 0x30;

  public EndorsementCredential {
    chain = List.copyOf(chain);
  }

  /** What the chip itself carries for its key of this kind. */
  public static Optional<EndorsementCredential> find(Tpm tpm, EndorsementKind kind)
      throws IOException {
    Optional<Bytes> certificate = kind.findCertificate(tpm);
    return certificate.isEmpty()
        ? Optional.empty()
        : Optional.of(new EndorsementCredential(certificate.get(), EndorsementChain.read(tpm)));
  }

  /**
   * What a file holds, PEM or DER: the endorsement key's certificate, then those above it.
   *
   * @throws TpmRefusal when it holds none
   */
  public static EndorsementCredential parse(Bytes file) throws TpmRefusal {
    List<Bytes> certificates = certificates(file);
    if (certificates.isEmpty()) {
      throw TpmRefusal.malformed("no certificate, neither in PEM nor in DER");
    }
    return new EndorsementCredential(
        certificates.get(0), certificates.subList(1, certificates.size()));
  }

  /** The kind of key it is about; none when no chip is taken in by such a key. */
  public Optional<EndorsementKind> kind() throws TpmRefusal {
    SubjectPublicKeyInfo key = key();
    try {
      return X9ObjectIdentifiers.id_ecPublicKey.equals(key.getAlgorithm().getAlgorithm())
          ? EndorsementKind.find(curve(key))
          : EndorsementKind.find(
              "rsa-" + RSAPublicKey.getInstance(key.parsePublicKey()).getModulus().bitLength());
    } catch (IOException | IllegalArgumentException another) {
      return Optional.empty();
    }
  }

  /** Whether it is about this key, by the key's own bytes: makers write algorithms in two ways. */
  boolean isAbout(TpmPublic endorsement) throws TpmRefusal {
    byte[] ours = endorsement.toPublicKey().getEncoded();
    return SubjectPublicKeyInfo.getInstance(ours)
        .getPublicKeyData()
        .equals(key().getPublicKeyData());
  }

  private SubjectPublicKeyInfo key() throws TpmRefusal {
    try {
      return org.bouncycastle.asn1.x509.Certificate.getInstance(certificate.toArray())
          .getSubjectPublicKeyInfo();
    } catch (IllegalArgumentException unreadable) {
      throw new TpmRefusal(
          TpmRefusal.Reason.MALFORMED, "an unreadable endorsement certificate", unreadable);
    }
  }

  private static String curve(SubjectPublicKeyInfo key) {
    ASN1Encodable curve = key.getAlgorithm().getParameters();
    if (SECObjectIdentifiers.secp256r1.equals(curve)) {
      return "p-256";
    }
    return SECObjectIdentifiers.secp384r1.equals(curve) ? "p-384" : "another curve";
  }

  private static List<Bytes> certificates(Bytes file) throws TpmRefusal {
    byte[] content = file.toArray();
    if (content.length > 0 && content[0] == SEQUENCE) {
      return EndorsementChain.certificates(List.of(file));
    }
    try {
      List<Bytes> certificates = new ArrayList<>();
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content))) {
        certificates.add(Bytes.of(certificate.getEncoded()));
      }
      return certificates;
    } catch (CertificateException notPem) {
      throw new TpmRefusal(TpmRefusal.Reason.MALFORMED, "not a certificate", notPem);
    }
  }
}
