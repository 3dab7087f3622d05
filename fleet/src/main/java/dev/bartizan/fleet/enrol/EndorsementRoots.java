package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.fleet.identity.OperatorDirectory;
import dev.bartizan.fleet.identity.Pem;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPath;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.jspecify.annotations.Nullable;

/** The chip makers the operator believes: every certificate in {@code ek-roots/*.pem}. */
public final class EndorsementRoots {
  private static final String FOLDER = "ek-roots";
  private static final int MAX_LENGTH = 256 * 1024;
  private static final int NOT_AN_AUTHORITY = -1;

  /** tcg-kp-EKCertificate (TCG EK Credential Profile). */
  private static final String EK_CERTIFICATE = "2.23.133.8.1";

  private final Set<TrustAnchor> anchors;

  private EndorsementRoots(Set<TrustAnchor> anchors) {
    this.anchors = Set.copyOf(anchors);
  }

  /**
   * Reads the roots. A maker's intermediate may stand there too and is then believed as it is: EK
   * certificates in a chip come without their chain.
   *
   * @throws IOException also when there is none: then no device could ever be taken in
   */
  public static EndorsementRoots load(OperatorDirectory directory) throws IOException, Malformed {
    Set<TrustAnchor> anchors = new HashSet<>();
    for (String name : directory.list(FOLDER, ".pem")) {
      String path = FOLDER + "/" + name;
      String pem = new String(directory.read(path, MAX_LENGTH), StandardCharsets.US_ASCII);
      for (X509Certificate root : Pem.certificates(pem, directory.path(path).toString())) {
        anchors.add(new TrustAnchor(root, null));
      }
    }
    if (anchors.isEmpty()) {
      throw new IOException(
          directory.path(FOLDER) + ": put the chip makers' root certificates here, as *.pem");
    }
    return new EndorsementRoots(anchors);
  }

  /**
   * Insists that {@code der} is a maker's certificate for exactly this endorsement key, and that
   * the key is of a standard kind: otherwise one chip could go by many names.
   */
  void require(Bytes der, TpmPublic endorsement, Instant now) throws EnrolmentRefusal {
    X509Certificate certificate = parse(der);
    requireChain(certificate, now);
    requirePurpose(certificate);
    requireStandardKind(endorsement);
    requireSameKey(certificate, endorsement);
  }

  private static X509Certificate parse(Bytes der) throws EnrolmentRefusal {
    try {
      return Pem.certificate(der.toArray(), "EK certificate");
    } catch (Malformed notACertificate) {
      throw unknown("the EK certificate cannot be read", notACertificate);
    }
  }

  private void requireChain(X509Certificate certificate, Instant now) throws EnrolmentRefusal {
    try {
      CertPath path =
          CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate));
      PKIXParameters parameters = new PKIXParameters(anchors);
      // Chip makers' revocation lists would make every enrolment depend on their web servers.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      CertPathValidator.getInstance("PKIX").validate(path, parameters);
    } catch (CertPathValidatorException untrusted) {
      throw unknown(
          "the EK certificate of "
              + certificate.getIssuerX500Principal()
              + " does not chain to "
              + FOLDER,
          untrusted);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has PKIX", impossible);
    }
  }

  private static void requirePurpose(X509Certificate certificate) throws EnrolmentRefusal {
    try {
      List<String> purposes = certificate.getExtendedKeyUsage();
      boolean forEndorsement = purposes == null || purposes.contains(EK_CERTIFICATE);
      if (certificate.getBasicConstraints() != NOT_AN_AUTHORITY || !forEndorsement) {
        throw unknown("the certificate is not one of an endorsement key", null);
      }
    } catch (CertificateParsingException broken) {
      throw unknown("the EK certificate's key usage cannot be read", broken);
    }
  }

  private static void requireStandardKind(TpmPublic endorsement) throws EnrolmentRefusal {
    if (EndorsementKind.find(endorsement).isEmpty()) {
      throw unknown("the endorsement key is of no standard kind", null);
    }
  }

  /** By the key's own bytes: makers also write RSA keys as id-RSAES-OAEP. */
  private static void requireSameKey(X509Certificate certificate, TpmPublic endorsement)
      throws EnrolmentRefusal {
    try {
      byte[] certified = keyBits(certificate.getPublicKey());
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
