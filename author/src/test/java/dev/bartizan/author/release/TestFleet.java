// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.custody.FleetKeys;
import dev.bartizan.protocol.jws.SpiffeId;
import dev.bartizan.protocol.jws.StatementKey;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Optional;
import javax.crypto.KeyAgreement;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A fleet's server as an author sees it, and the secrets that the author does not see. */
public final class TestFleet {
  private static final SecureRandom RANDOM = new SecureRandom();

  private final String trustDomain;
  private final Instant now;
  private final KeyPair authority = p256();
  private final KeyPair broker = p256();
  private final X509Certificate root;
  private final FleetKeys keys;

  public TestFleet(String trustDomain, Instant now) throws Exception {
    this(trustDomain, now, Duration.ofDays(30));
  }

  public TestFleet(String trustDomain, Instant now, Duration brokerLifetime) throws Exception {
    this.trustDomain = trustDomain;
    this.now = now;
    this.root =
        certificate("CN=authority", authority.getPublic(), Duration.ofDays(30), Optional.empty());
    this.keys =
        new FleetKeys(
            trustDomain,
            root,
            certificate("CN=key broker", broker.getPublic(), brokerLifetime, Optional.empty()),
            StatementKey.of(p256().getPublic()));
  }

  public FleetKeys keys() {
    return keys;
  }

  /** A device with its unwrap certificate. */
  public record Enrolled(Ueid ueid, KeyPair unwrapKey, X509Certificate unwrap) {
    /** Its keystore's part in opening an envelope. */
    public SecretBytes agree(ECPublicKey sender) throws EnvelopeRefusal {
      return TestFleet.agree(unwrapKey, sender);
    }
  }

  public Enrolled enrol(int number) throws Exception {
    Ueid ueid = Ueid.of(Digest.of(new byte[] {(byte) number}));
    KeyPair pair = p256();
    SpiffeId id = new SpiffeId(trustDomain, ueid);
    return new Enrolled(
        ueid,
        pair,
        certificate("CN=device", pair.getPublic(), Duration.ofDays(1), Optional.of(id)));
  }

  /** What the key broker's key makes of a sender's. */
  public SecretBytes agree(ECPublicKey sender) throws EnvelopeRefusal {
    return agree(broker, sender);
  }

  private static SecretBytes agree(KeyPair own, ECPublicKey sender) throws EnvelopeRefusal {
    try {
      KeyAgreement ecdh = KeyAgreement.getInstance("ECDH");
      ecdh.init(own.getPrivate());
      ecdh.doPhase(sender, true);
      return SecretBytes.take(ecdh.generateSecret());
    } catch (GeneralSecurityException offCurve) {
      throw new EnvelopeRefusal(EnvelopeRefusal.Reason.MALFORMED, "off curve", offCurve);
    }
  }

  private X509Certificate certificate(
      String name, PublicKey key, Duration lifetime, Optional<SpiffeId> device) throws Exception {
    JcaX509v3CertificateBuilder builder =
        new JcaX509v3CertificateBuilder(
            new X500Name("CN=authority"),
            BigInteger.valueOf(RANDOM.nextInt(Integer.MAX_VALUE) + 1L),
            Date.from(now.minusSeconds(60)),
            Date.from(now.plus(lifetime)),
            new X500Name(name),
            key);
    builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement));
    if (device.isPresent()) {
      GeneralName uri =
          new GeneralName(GeneralName.uniformResourceIdentifier, device.get().toUri().toString());
      builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(uri));
    }
    return new JcaX509CertificateConverter()
        .getCertificate(
            builder.build(
                new JcaContentSignerBuilder("SHA256withECDSA").build(authority.getPrivate())));
  }

  private static KeyPair p256() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"), RANDOM);
    return generator.generateKeyPair();
  }
}
