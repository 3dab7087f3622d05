// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.json.Malformed;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.GeneralSubtree;
import org.bouncycastle.asn1.x509.NameConstraintValidatorException;
import org.bouncycastle.asn1.x509.NameConstraints;
import org.bouncycastle.asn1.x509.PKIXNameConstraintValidator;

/**
 * Which names an anchor may certify (RFC 5280, 4.2.1.10). The platform's validator heeds such
 * limits in the certificates below an anchor, and refuses to be told those of the anchor itself.
 */
final class NameLimits {
  private final Optional<NameConstraints> constraints;

  private NameLimits(Optional<NameConstraints> constraints) {
    this.constraints = constraints;
  }

  /**
   * @throws Malformed when they cannot be read: then the anchor has no known limits
   */
  static NameLimits of(X509Certificate anchor, String what) throws Malformed {
    byte[] extension = anchor.getExtensionValue(Extension.nameConstraints.getId());
    if (extension == null) {
      return new NameLimits(Optional.empty());
    }
    try {
      byte[] octets = ASN1OctetString.getInstance(extension).getOctets();
      return new NameLimits(Optional.of(NameConstraints.getInstance(octets)));
    } catch (IllegalArgumentException unreadable) {
      throw new Malformed(what + ": its name constraints cannot be read", unreadable);
    }
  }

  /** Insists that the subject and every alternative name lie within the limits. */
  void require(X509Certificate certified) throws NotValid {
    if (constraints.isEmpty()) {
      return;
    }
    try {
      PKIXNameConstraintValidator validator = validator(constraints.get());
      X500Name subject = X500Name.getInstance(certified.getSubjectX500Principal().getEncoded());
      if (subject.size() > 0) {
        validator.checkPermittedDN(subject);
        validator.checkExcludedDN(subject);
      }
      for (GeneralName name : alternativeNames(certified)) {
        validator.checkPermitted(name);
        validator.checkExcluded(name);
      }
    } catch (NameConstraintValidatorException | IllegalArgumentException outside) {
      throw new NotValid("invalid name: " + outside.getMessage(), outside);
    }
  }

  private static PKIXNameConstraintValidator validator(NameConstraints constraints) {
    PKIXNameConstraintValidator validator = new PKIXNameConstraintValidator();
    if (constraints.getPermittedSubtrees() != null) {
      validator.intersectPermittedSubtree(constraints.getPermittedSubtrees());
    }
    if (constraints.getExcludedSubtrees() != null) {
      for (GeneralSubtree excluded : constraints.getExcludedSubtrees()) {
        validator.addExcludedSubtree(excluded);
      }
    }
    return validator;
  }

  private static GeneralName[] alternativeNames(X509Certificate certified) {
    byte[] extension = certified.getExtensionValue(Extension.subjectAlternativeName.getId());
    return extension == null
        ? new GeneralName[0]
        : GeneralNames.getInstance(ASN1OctetString.getInstance(extension).getOctets()).getNames();
  }
}
