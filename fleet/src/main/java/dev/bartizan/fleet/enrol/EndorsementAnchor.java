// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.json.Malformed;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathValidator;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.bouncycastle.asn1.x509.Extension;

/**
 * One certificate of a chip maker that the operator believes, with its limits. The platform's
 * validator takes an anchor for a bare key: it asks neither whether it has expired nor whether it
 * is an authority, and not what it may certify.
 */
final class EndorsementAnchor {
  private static final int NOT_AN_AUTHORITY = -1;
  private static final int SIGNS_CERTIFICATES = 5;

  /** What may be critical in an anchor: all of it is looked at, here or by the validator. */
  private static final Set<String> UNDERSTOOD =
      Set.of(
          Extension.basicConstraints.getId(),
          Extension.keyUsage.getId(),
          Extension.nameConstraints.getId(),
          Extension.certificatePolicies.getId());

  private final X509Certificate certificate;
  private final NameLimits names;

  private EndorsementAnchor(X509Certificate certificate, NameLimits names) {
    this.certificate = certificate;
    this.names = names;
  }

  /**
   * Takes a certificate from the operator.
   *
   * @throws Malformed when its limits cannot be read
   */
  static EndorsementAnchor of(X509Certificate certificate, String what) throws Malformed {
    return new EndorsementAnchor(certificate, NameLimits.of(certificate, what));
  }

  /** Whether it has signed {@code other}, by name and key; whether it was allowed to is left. */
  boolean hasIssued(X509Certificate other) {
    return EndorsementPath.hasIssued(certificate, other);
  }

  /** Whether the two are one, one issued the other, or a third issued both. */
  boolean isKinOf(EndorsementAnchor other) {
    return certificate.getPublicKey().equals(other.certificate.getPublicKey())
        || certificate.getSubjectX500Principal().equals(other.certificate.getSubjectX500Principal())
        || certificate.getIssuerX500Principal().equals(other.certificate.getIssuerX500Principal())
        || hasIssued(other.certificate)
        || other.hasIssued(certificate);
  }

  /**
   * Insists that this authority holds at {@code now}, and every certificate of the path under it.
   *
   * @param path from an endorsement key's to one that this authority has signed
   */
  void require(List<X509Certificate> path, Instant now) throws NotValid {
    requireAuthority(now);
    requireLength(path);
    requireChain(path, now);
    for (X509Certificate below : path) {
      names.require(below);
    }
  }

  /** Insists that it may certify anything at all at {@code now}. */
  void requireAuthority(Instant now) throws NotValid {
    try {
      certificate.checkValidity(Date.from(now));
    } catch (CertificateException outside) {
      throw new NotValid(
          "its authority " + this + " is not valid now: " + outside.getMessage(), outside);
    }
    if (certificate.getBasicConstraints() == NOT_AN_AUTHORITY) {
      throw new NotValid(this + " is no authority's certificate (basic constraints)");
    }
    boolean[] usage = certificate.getKeyUsage();
    if (usage != null && !usage[SIGNS_CERTIFICATES]) {
      throw new NotValid(this + " may not sign certificates (key usage)");
    }
    Set<String> critical = certificate.getCriticalExtensionOIDs();
    Set<String> strange = new TreeSet<>(critical == null ? Set.of() : critical);
    strange.removeAll(UNDERSTOOD);
    if (!strange.isEmpty()) {
      throw new NotValid(this + " has critical extensions that nobody here knows: " + strange);
    }
  }

  private void requireLength(List<X509Certificate> path) throws NotValid {
    long authorities =
        path.stream().skip(1).filter(it -> !EndorsementPath.isSelfIssued(it)).count();
    if (authorities > certificate.getBasicConstraints()) {
      throw new NotValid(
          "path too long: "
              + authorities
              + " authorities below "
              + this
              + ", which allows "
              + certificate.getBasicConstraints());
    }
  }

  private void requireChain(List<X509Certificate> path, Instant now) throws NotValid {
    try {
      TrustAnchor trust =
          new TrustAnchor(certificate.getSubjectX500Principal(), certificate.getPublicKey(), null);
      PKIXParameters parameters = new PKIXParameters(Set.of(trust));
      // Chip makers' revocation lists would make every enrolment depend on their web servers.
      parameters.setRevocationEnabled(false);
      parameters.setDate(Date.from(now));
      // A critical policy with a qualifier: where to read it, and nothing to be obeyed.
      parameters.setPolicyQualifiersRejected(false);
      CertPathValidator.getInstance("PKIX")
          .validate(CertificateFactory.getInstance("X.509").generateCertPath(path), parameters);
    } catch (CertPathValidatorException refused) {
      throw new NotValid(words(refused), refused);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("every Java platform has PKIX", impossible);
    }
  }

  private static String words(CertPathValidatorException refused) {
    String reason = String.valueOf(refused.getReason()).toLowerCase(Locale.ROOT).replace('_', ' ');
    Throwable cause = refused.getCause();
    String more =
        cause == null || String.valueOf(cause.getMessage()).equals(refused.getMessage())
            ? ""
            : " (" + cause.getMessage() + ")";
    return reason + ": " + refused.getMessage() + more;
  }

  @Override
  public String toString() {
    return certificate.getSubjectX500Principal().getName();
  }
}
