// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.ChipModel;
import java.io.IOException;
import java.math.BigInteger;
import java.net.URI;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.bc.BcX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.ContentSigner;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A certificate in the making (RFC 5280). */
final class CertificateDraft {
  /** A device without a battery-backed clock may lag behind ours. */
  private static final Duration CLOCK_SKEW = Duration.ofMinutes(5);

  /** What lives a minute did not begin five before. */
  private static final int SKEW_SHARE = 10;

  private static final Pattern IP_ADDRESS = Pattern.compile("[0-9.]+|[0-9a-fA-F:]*:[0-9a-fA-F:]*");
  private static final int SERIAL_BITS = 127;

  private record Entry(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {}

  private final X500Name subject;
  private final SubjectPublicKeyInfo key;
  private final List<Entry> extensions = new ArrayList<>();
  private Instant from = Instant.EPOCH;
  private Instant until = Instant.EPOCH;

  CertificateDraft(String commonName, String organisation, PublicKey key) {
    this(
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(BCStyle.O, organisation)
            .addRDN(BCStyle.CN, commonName)
            .build(),
        key);
  }

  private CertificateDraft(X500Name subject, PublicKey key) {
    this.subject = subject;
    this.key = SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  /** One whose subject is among its alternative names. */
  static CertificateDraft nameless(PublicKey key) {
    return new CertificateDraft(new X500Name(new RDN[0]), key);
  }

  CertificateDraft lifetime(Instant now, Duration lifetime) {
    Duration share = lifetime.dividedBy(SKEW_SHARE);
    from = now.minus(share.compareTo(CLOCK_SKEW) < 0 ? share : CLOCK_SKEW);
    until = now.plus(lifetime);
    return this;
  }

  CertificateDraft authority() {
    int usage = KeyUsage.keyCertSign | KeyUsage.cRLSign;
    return with(Extension.basicConstraints, true, new BasicConstraints(0))
        .with(Extension.keyUsage, true, new KeyUsage(usage));
  }

  CertificateDraft noAuthority() {
    return with(Extension.basicConstraints, true, new BasicConstraints(false));
  }

  /** Critical, as for every certificate without a subject (RFC 5280, 4.2.1.6). */
  CertificateDraft chip(ChipModel chip, Ueid device) {
    return with(Extension.subjectAlternativeName, true, TcgNames.of(chip, device));
  }

  CertificateDraft signing() {
    return with(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature));
  }

  CertificateDraft keyAgreement() {
    return with(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyAgreement));
  }

  CertificateDraft purpose(KeyPurposeId purpose) {
    return with(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
  }

  CertificateDraft uri(URI uri) {
    GeneralName name = new GeneralName(GeneralName.uniformResourceIdentifier, uri.toString());
    return with(Extension.subjectAlternativeName, false, new GeneralNames(name));
  }

  CertificateDraft hosts(List<String> hosts) {
    GeneralName[] names = hosts.stream().map(CertificateDraft::host).toArray(GeneralName[]::new);
    return with(Extension.subjectAlternativeName, false, new GeneralNames(names));
  }

  X509Certificate selfSigned(PrivateKey secret, SecureRandom random) {
    return sign(subject, key, secret, random);
  }

  X509Certificate signedBy(Credentials issuer, SecureRandom random) {
    X509Certificate certificate = issuer.certificate();
    X500Name name = X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
    SubjectPublicKeyInfo issuerKey =
        SubjectPublicKeyInfo.getInstance(certificate.getPublicKey().getEncoded());
    return sign(name, issuerKey, issuer.key(), random);
  }

  private X509Certificate sign(
      X500Name issuer, SubjectPublicKeyInfo issuerKey, PrivateKey secret, SecureRandom random) {
    try {
      BigInteger serial = new BigInteger(SERIAL_BITS, random).add(BigInteger.ONE);
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              issuer, serial, Date.from(from), Date.from(until), subject, key);
      BcX509ExtensionUtils identifiers = new BcX509ExtensionUtils();
      builder.addExtension(
          Extension.subjectKeyIdentifier, false, identifiers.createSubjectKeyIdentifier(key));
      builder.addExtension(
          Extension.authorityKeyIdentifier,
          false,
          identifiers.createAuthorityKeyIdentifier(issuerKey));
      for (Entry extension : extensions) {
        builder.addExtension(extension.id(), extension.critical(), extension.value());
      }
      ContentSigner signer =
          new JcaContentSignerBuilder("SHA256withECDSA").setSecureRandom(random).build(secret);
      return new JcaX509CertificateConverter().getCertificate(builder.build(signer));
    } catch (IOException | OperatorCreationException | CertificateException impossible) {
      throw new IllegalStateException("this certificate cannot be written", impossible);
    }
  }

  private CertificateDraft with(ASN1ObjectIdentifier id, boolean critical, ASN1Encodable value) {
    extensions.add(new Entry(id, critical, value));
    return this;
  }

  private static GeneralName host(String host) {
    int type = IP_ADDRESS.matcher(host).matches() ? GeneralName.iPAddress : GeneralName.dNSName;
    return new GeneralName(type, host);
  }
}
