// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Finds the way from an endorsement certificate up to an authority the operator believes, through
 * intermediates that the chip brought along in any order. Knows signatures and names only: whether
 * the way holds is for {@link EndorsementAnchor} to say.
 */
final class EndorsementPath {
  private EndorsementPath() {}

  /** Whether {@code issuer} has signed {@code other}, by name and key. */
  static boolean hasIssued(X509Certificate issuer, X509Certificate other) {
    if (!other.getIssuerX500Principal().equals(issuer.getSubjectX500Principal())) {
      return false;
    }
    try {
      other.verify(issuer.getPublicKey());
      return true;
    } catch (GeneralSecurityException anothers) {
      return false;
    }
  }

  static boolean isSelfIssued(X509Certificate certificate) {
    return certificate.getIssuerX500Principal().equals(certificate.getSubjectX500Principal());
  }

  /**
   * @param brought intermediates, believed in nothing
   * @param isIssuedByAnAnchor where the way ends
   * @return the way, {@code leaf} first; where it is lost, as far as it leads
   */
  static List<X509Certificate> find(
      X509Certificate leaf,
      List<X509Certificate> brought,
      Predicate<X509Certificate> isIssuedByAnAnchor,
      Instant now) {
    List<X509Certificate> path = new ArrayList<>(List.of(leaf));
    X509Certificate last = leaf;
    while (!isIssuedByAnAnchor.test(last)) {
      Optional<X509Certificate> next = issuer(last, brought, path, now);
      if (next.isEmpty()) {
        break;
      }
      last = next.get();
      path.add(last);
    }
    return List.copyOf(path);
  }

  /** Of an authority's several certificates one that is valid now. */
  private static Optional<X509Certificate> issuer(
      X509Certificate of, List<X509Certificate> brought, List<X509Certificate> path, Instant now) {
    return brought.stream()
        .filter(it -> !path.contains(it) && hasIssued(it, of))
        .min(Comparator.comparing(it -> isOver(it, now)));
  }

  private static boolean isOver(X509Certificate certificate, Instant now) {
    Date date = Date.from(now);
    return certificate.getNotAfter().before(date) || certificate.getNotBefore().after(date);
  }
}
