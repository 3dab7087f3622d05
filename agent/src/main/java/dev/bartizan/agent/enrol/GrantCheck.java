// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.enrol;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.protocol.enrolment.Grant;
import dev.bartizan.protocol.jws.SpiffeId;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Sees that a grant is this device's: its name, its keys, the fleet's authority. */
public final class GrantCheck {
  private final Set<TrustAnchor> anchors;
  private final InstantSource clock;

  /**
   * @param anchors the fleet's authority, from the device's configuration
   */
  public GrantCheck(List<X509Certificate> anchors, InstantSource clock) {
    this.anchors =
        anchors.stream()
            .map(anchor -> new TrustAnchor(anchor, null))
            .collect(Collectors.toUnmodifiableSet());
    this.clock = clock;
  }

  /**
   * Insists on it.
   *
   * @throws EnrolmentRefused with {@code BAD_GRANT}
   */
  public void require(Grant grant, DeviceKeystore keystore) throws EnrolmentRefused {
    try {
      SpiffeId us = new SpiffeId(grant.trustDomain(), keystore.ueid());
      require(grant.identityChain(), us, keystore.publicKey(KeyPurpose.IDENTITY));
      require(grant.unwrapCertificate(), us, keystore.publicKey(KeyPurpose.UNWRAP));
    } catch (Malformed | IllegalArgumentException | GeneralSecurityException unusable) {
      throw new EnrolmentRefused(
          "BAD_GRANT",
          "the server's certificates are unusable: " + unusable.getMessage(),
          unusable);
    }
  }

  /**
   * Insists that a certificate for the attestation key, if there is one, is for this one.
   *
   * @param attestationKey TPMT_PUBLIC
   * @throws EnrolmentRefused with {@code BAD_GRANT}
   */
  public void requireAttestation(Grant grant, Bytes attestationKey) throws Refusal {
    if (grant.attestationChain().isEmpty()) {
      return;
    }
    PublicKey ours = TpmPublic.parse(attestationKey).toPublicKey();
    try {
      X509Certificate certificate =
          Pem.certificates(grant.attestationChain().get(), "the grant").get(0);
      if (!certificate.getPublicKey().equals(ours)) {
        throw new Malformed("a certificate is for another attestation key");
      }
      requireIssued(certificate);
    } catch (Malformed | GeneralSecurityException unusable) {
      throw new EnrolmentRefused(
          "BAD_GRANT",
          "the attestation certificate is unusable: " + unusable.getMessage(),
          unusable);
    }
  }

  /**
   * Insists that {@code certificate} is one of {@code us}, for the identity key.
   *
   * @throws EnrolmentRefused with {@code BAD_GRANT}
   */
  public void requireIdentity(X509Certificate certificate, SpiffeId us, DeviceKeystore keystore)
      throws EnrolmentRefused {
    try {
      require(certificate, us, keystore.publicKey(KeyPurpose.IDENTITY));
    } catch (Malformed | GeneralSecurityException unusable) {
      throw new EnrolmentRefused(
          "BAD_GRANT", "the server's certificate is unusable: " + unusable.getMessage(), unusable);
    }
  }

  private void require(String pem, SpiffeId us, PublicKey key)
      throws Malformed, GeneralSecurityException {
    require(Pem.certificates(pem, "the grant").get(0), us, key);
  }

  private void require(X509Certificate certificate, SpiffeId us, PublicKey key)
      throws Malformed, GeneralSecurityException {
    if (!certificate.getPublicKey().equals(key)) {
      throw new Malformed("a certificate is for another key");
    }
    if (!SpiffeId.of(certificate).equals(us)) {
      throw new Malformed("a certificate is for another device");
    }
    requireIssued(certificate);
  }

  private void requireIssued(X509Certificate certificate) throws GeneralSecurityException {
    PKIXParameters parameters = new PKIXParameters(anchors);
    // Short-lived certificates instead of revocation lists.
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(certificate)),
            parameters);
  }
}
