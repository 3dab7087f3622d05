package dev.bartizan.fleet.identity;

import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.statement.SpiffeId;
import java.io.IOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.bouncycastle.asn1.x509.KeyPurposeId;

/**
 * The fleet's own certificate authority: ECDSA P-256, one level, every certificate for one purpose.
 *
 * <p>A certificate is worth what was checked before it was asked for; this class only writes them.
 */
public final class CertificateAuthority {
  /** Where the authority's own {@link Credentials} are stored. */
  public static final String NAME = "ca/ca";

  /** Of an identity certificate: it is renewed well before, and a lost device ages out. */
  public static final Duration IDENTITY_LIFETIME = Duration.ofDays(7);

  /** Of an unwrap certificate: nobody logs in with it, content keys are wrapped to it. */
  public static final Duration UNWRAP_LIFETIME = Duration.ofDays(365);

  /** Of the operator's servers and people. */
  public static final Duration OPERATOR_LIFETIME = Duration.ofDays(90);

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
      OperatorDirectory directory, String trustDomain, Clock clock, SecureRandom random)
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
      OperatorDirectory directory, Clock clock, SecureRandom random) throws IOException, Malformed {
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

  /** A new key and certificate for a person or program of the operator's: a TLS client. */
  public Credentials issueOperator(String name, Duration lifetime) {
    KeyPair pair = OperatorKeys.p256(random);
    return credentials(
        pair,
        new CertificateDraft(name, "operator", pair.getPublic())
            .signing()
            .purpose(KeyPurposeId.id_kp_clientAuth)
            .lifetime(clock.instant(), lifetime));
  }

  private static CertificateDraft device(Ueid ueid, ECPublicKey key) {
    return new CertificateDraft(ueid.text(), "device", key);
  }

  private Credentials credentials(KeyPair pair, CertificateDraft draft) {
    X509Certificate certificate = draft.signedBy(own, random);
    return new Credentials(pair.getPrivate(), List.of(certificate, own.certificate()));
  }
}
