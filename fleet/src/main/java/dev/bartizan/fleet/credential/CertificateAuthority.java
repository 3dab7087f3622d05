// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.pem.Pem;
import dev.bartizan.crypto.tpm.ChipModel;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.math.BigInteger;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.CRLNumber;
import org.bouncycastle.asn1.x509.CRLReason;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v2CRLBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * The fleet's own certificate authority: ECDSA P-256, one level, every certificate for one purpose.
 *
 * <p>A certificate is worth what was checked before it was asked for; this class only writes them.
 */
public final class CertificateAuthority {
  /** Where the authority's own {@link Credentials} are stored. */
  public static final String NAME = "ca/ca";

  /** Of an unwrap certificate: nobody logs in with it, content keys are wrapped to it. */
  public static final Duration UNWRAP_LIFETIME = Duration.ofDays(365);

  /** Of the operator's servers and people. */
  public static final Duration OPERATOR_LIFETIME = Duration.ofDays(90);

  /** Of the key broker: content keys that were wrapped to it have to be opened for years. */
  public static final Duration KEY_BROKER_LIFETIME = Duration.ofDays(1825);

  private static final Duration OWN_LIFETIME = Duration.ofDays(3650);

  private final Credentials own;
  private final Clock clock;
  private final SecureRandom random;

  private CertificateAuthority(Credentials own, Clock clock, SecureRandom random) {
    this.own = own;
    this.clock = clock;
    this.random = random;
  }

  /** Makes and stores a new authority. */
  public static CertificateAuthority create(
      SharedDirectory directory, String trustDomain, Clock clock, SecureRandom random)
      throws IOException {
    KeyPair pair = OperatorKeys.p256(random);
    X509Certificate root =
        new CertificateDraft("Bartizan device CA", trustDomain, pair.getPublic())
            .authority()
            .lifetime(clock.instant(), OWN_LIFETIME)
            .selfSigned(pair.getPrivate(), random);
    Credentials own = new Credentials(pair.getPrivate(), List.of(root));
    own.store(directory, NAME);
    return new CertificateAuthority(own, clock, random);
  }

  public static CertificateAuthority load(
      SharedDirectory directory, Clock clock, SecureRandom random) throws IOException, Malformed {
    return new CertificateAuthority(Credentials.load(directory, NAME), clock, random);
  }

  /** The anchor that devices, servers and operators pin. */
  public X509Certificate certificate() {
    return own.certificate();
  }

  /** An LDevID: TLS client of one device, named by its SPIFFE ID. */
  public X509Certificate issueIdentity(SpiffeId id, ECPublicKey key, Duration lifetime) {
    return device(id.device(), key)
        .uri(id.toUri())
        .signing()
        .purpose(KeyPurposeId.id_kp_clientAuth)
        .lifetime(clock.instant(), lifetime)
        .signedBy(own, random);
  }

  /**
   * The certificate that content keys are wrapped to: key agreement, nothing else. It says the
   * purpose of CMS recipients, for without any it would pass as a TLS client's.
   */
  public X509Certificate issueUnwrap(SpiffeId id, ECPublicKey key, Duration lifetime) {
    return device(id.device(), key)
        .uri(id.toUri())
        .keyAgreement()
        .purpose(KeyPurposeId.id_kp_emailProtection)
        .lifetime(clock.instant(), lifetime)
        .signedBy(own, random);
  }

  /**
   * A certificate of a chip's attestation key, as the TCG's profile has it: no subject, the chip
   * and the device among the alternative names. It logs in nowhere: the key signs nothing but what
   * its chip states.
   */
  public X509Certificate issueAttestation(
      ChipModel chip, Ueid device, PublicKey key, Duration lifetime) {
    return CertificateDraft.nameless(key)
        .chip(chip, device)
        .noAuthority()
        .signing()
        .purpose(KeyPurposeId.getInstance(TcgNames.ATTESTATION_KEY))
        .lifetime(clock.instant(), lifetime)
        .signedBy(own, random);
  }

  /** A new key and certificate for the key broker: key agreement, nothing else. */
  public Credentials issueKeyBroker(Duration lifetime) {
    KeyPair pair = OperatorKeys.p256(random);
    return new Credentials(
        pair.getPrivate(), List.of(issueKeyBroker(pair.getPublic(), lifetime), own.certificate()));
  }

  /** The same for a key that is made elsewhere. */
  public X509Certificate issueKeyBroker(PublicKey key, Duration lifetime) {
    return new CertificateDraft("key broker", "server", key)
        .keyAgreement()
        .purpose(KeyPurposeId.id_kp_emailProtection)
        .lifetime(clock.instant(), lifetime)
        .signedBy(own, random);
  }

  /**
   * A new key and certificate for a TLS server.
   *
   * @param names DNS names and IP addresses, the first also as common name
   */
  public Credentials issueServer(List<String> names, Duration lifetime) {
    KeyPair pair = OperatorKeys.p256(random);
    return credentials(
        pair,
        new CertificateDraft(names.get(0), "server", pair.getPublic())
            .hosts(names)
            .signing()
            .purpose(KeyPurposeId.id_kp_serverAuth)
            .lifetime(clock.instant(), lifetime));
  }

  /**
   * A new key and certificate for a person or program of the operator's: a TLS client. It vouches
   * for itself, and the broker is told which ones to believe: whatever name a device can get into a
   * certificate of this authority, it is no operator.
   */
  public Credentials issueOperator(String name, Duration lifetime) {
    KeyPair pair = OperatorKeys.p256(random);
    X509Certificate own =
        new CertificateDraft(name, "operator", pair.getPublic())
            .signing()
            .purpose(KeyPurposeId.id_kp_clientAuth)
            .lifetime(clock.instant(), lifetime)
            .selfSigned(pair.getPrivate(), random);
    return new Credentials(pair.getPrivate(), List.of(own));
  }

  /**
   * The list of certificates that are good no more, PEM (RFC 5280, 5). It is valid as long as the
   * authority: a broker whose list has run out lets nobody in, and nobody would renew it at night.
   *
   * @param serials of certificates of this authority, each with the time since when
   */
  public String revocationList(Map<BigInteger, Instant> serials) {
    try {
      Instant now = clock.instant();
      X500Name issuer = X500Name.getInstance(certificate().getSubjectX500Principal().getEncoded());
      X509v2CRLBuilder list = new X509v2CRLBuilder(issuer, Date.from(now));
      list.setNextUpdate(certificate().getNotAfter());
      list.addExtension(Extension.cRLNumber, false, new CRLNumber(number(now)));
      list.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          new BcX509ExtensionUtils()
              .createAuthorityKeyIdentifier(
                  SubjectPublicKeyInfo.getInstance(certificate().getPublicKey().getEncoded())));
      serials.forEach(
          (serial, since) ->
              list.addCRLEntry(serial, Date.from(since), CRLReason.privilegeWithdrawn));
      ContentSigner signer =
          new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(own.key());
      return Pem.ofRevocationList(list.build(signer).getEncoded());
    } catch (IOException | OperatorCreationException impossible) {
      throw new IllegalStateException("this list cannot be written", impossible);
    }
  }

  private static BigInteger number(Instant now) {
    return BigInteger.valueOf(Math.max(0, now.toEpochMilli()));
  }

  private static CertificateDraft device(Ueid ueid, ECPublicKey key) {
    return new CertificateDraft(ueid.text(), "device", key);
  }

  private Credentials credentials(KeyPair pair, CertificateDraft draft) {
    X509Certificate certificate = draft.signedBy(own, random);
    return new Credentials(pair.getPrivate(), List.of(certificate, own.certificate()));
  }
}
