// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.fleet.device.ShownEndorsement;
import dev.bartizan.fleet.enrol.EnrolmentRefusal.Reason;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The chip makers the operator believes, each for one kind of endorsement key: {@code
 * ek-roots/*.pem} for P-256, {@code ek-roots/rsa-2048/*.pem} and so on for the others.
 *
 * <p>A chip has a key of each kind, and its name is made of one. Which one must not be the chip's
 * choice: whoever was revoked under one key would come back under the other, and nothing a chip
 * shows betrays the key it hides.
 */
public final class EndorsementRoots {
  /** An anchor and what it is believed for. */
  private record Believed(EndorsementAnchor anchor, EndorsementKind kind) {}

  private final List<Believed> believed;

  private EndorsementRoots(List<Believed> believed) {
    this.believed = List.copyOf(believed);
  }

  /** Gives those that are believed now: what the operator takes away counts no more at once. */
  @FunctionalInterface
  public interface Source {
    EndorsementRoots current() throws IOException, Malformed;
  }

  /**
   * Reads the roots. A maker's intermediate may stand there too and is then believed as it is: most
   * chips bring no chain.
   *
   * @throws IOException also when there is none, and no chip is allowed without, since no device
   *     could ever be taken in; and when kindred authorities are believed for two kinds, since a
   *     chip then had two names
   */
  public static EndorsementRoots load(SharedDirectory directory) throws IOException, Malformed {
    List<Believed> believed = new ArrayList<>();
    for (EndorsementAuthorities.Authority authority : new EndorsementAuthorities(directory).all()) {
      believed.add(new Believed(authority.anchor(), authority.kind()));
    }
    if (believed.isEmpty() && new AllowedChips(directory).all().isEmpty()) {
      throw new IOException(
          directory.path(EndorsementAuthorities.FOLDER)
              + ": put the chip makers' root certificates here, as *.pem: device authorities add FILE");
    }
    for (Believed one : believed) {
      requireOneKind(one, believed);
    }
    return new EndorsementRoots(believed);
  }

  /** As far as it can be seen: an authority and what it issued, or what one issuer issued. */
  private static void requireOneKind(Believed one, List<Believed> all) throws IOException {
    for (Believed other : all) {
      if (one.kind() != other.kind() && one.anchor().isKinOf(other.anchor())) {
        throw new IOException(
            one.anchor()
                + " in "
                + EndorsementAuthorities.folder(one.kind())
                + " and "
                + other.anchor()
                + " in "
                + EndorsementAuthorities.folder(other.kind())
                + " belong together: a chip of theirs would be two devices. Keep one of the two");
      }
    }
  }

  /**
   * Insists that {@code der} is a maker's certificate for exactly this endorsement key, and that
   * the key is of the kind which the maker's chips are named after: otherwise one chip could go by
   * many names.
   *
   * @param brought the intermediates that the chip keeps, DER
   */
  void require(Bytes der, List<Bytes> brought, TpmPublic endorsement, Instant now)
      throws EnrolmentRefusal {
    EndorsementCertificate certificate = EndorsementCertificate.parse(der);
    List<X509Certificate> intermediates = new ArrayList<>();
    for (Bytes intermediate : brought) {
      intermediates.add(EndorsementCertificate.parse(intermediate).x509());
    }
    EndorsementKind kind =
        EndorsementKind.find(endorsement)
            .orElseThrow(() -> unknown("the endorsement key is of no standard kind", null));
    certificate.requirePurpose();
    EndorsementKind named = requireIssuer(certificate.x509(), intermediates, now);
    requireKind(kind, named, certificate.x509());
    certificate.requireKey(endorsement);
  }

  /**
   * Insists, of a device that was taken in before, on what was insisted on then: whoever judges it
   * later has these roots of his own.
   *
   * @throws EnrolmentRefusal also when the key shown is not the one that names the device
   */
  public void requireAgain(ShownEndorsement shown, Ueid ueid, Instant then)
      throws EnrolmentRefusal, TpmRefusal {
    TpmPublic endorsement = TpmPublic.parse(shown.key());
    if (!Ueid.of(endorsement.name()).equals(ueid)) {
      throw unknown("the endorsement key shown is not the one that names " + ueid, null);
    }
    List<Bytes> brought = shown.chain().subList(1, shown.chain().size());
    require(shown.chain().get(0), brought, endorsement, then);
  }

  /** The kind of key for which the authority above this certificate is believed. */
  private EndorsementKind requireIssuer(
      X509Certificate leaf, List<X509Certificate> brought, Instant now) throws EnrolmentRefusal {
    List<X509Certificate> path =
        EndorsementPath.find(leaf, brought, it -> !issuers(it).isEmpty(), now);
    X509Certificate last = path.get(path.size() - 1);
    NotValid reason = null;
    for (Believed issuer : issuers(last)) {
      try {
        issuer.anchor().require(path, now);
        return issuer.kind();
      } catch (NotValid notThisOne) {
        reason = notThisOne;
      }
    }
    if (reason == null) {
      throw unknown(
          "the issuer " + last.getIssuerX500Principal() + " of " + what(path) + " is not known",
          null);
    }
    throw unknown("the EK certificate is not believed: " + reason.getMessage(), reason);
  }

  private List<Believed> issuers(X509Certificate certificate) {
    return believed.stream().filter(it -> it.anchor().hasIssued(certificate)).toList();
  }

  private static String what(List<X509Certificate> path) {
    return path.size() == 1
        ? "the EK certificate"
        : "the EK certificate's chain of " + path.size() + " certificates";
  }

  private static void requireKind(
      EndorsementKind shown, EndorsementKind named, X509Certificate certificate)
      throws EnrolmentRefusal {
    if (named != shown) {
      throw new EnrolmentRefusal(
          Reason.OTHER_ENDORSEMENT_KEY,
          "chips certified by "
              + certificate.getIssuerX500Principal()
              + " are named after their "
              + named.text()
              + " key here, and this is the "
              + shown.text()
              + " key: enrol with --endorsement-key "
              + named.text()
              + "; or the operator believes that maker in "
              + EndorsementAuthorities.folder(shown)
              + " instead, for all chips of his");
    }
  }

  private static EnrolmentRefusal unknown(String message, @Nullable Exception cause) {
    return new EnrolmentRefusal(Reason.UNKNOWN_CHIP, message, cause);
  }
}
