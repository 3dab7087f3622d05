// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.verify;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.Protection;
import dev.bartizan.crypto.keystore.Quote;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.AttestationKind;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.SoftwareChip;
import dev.bartizan.fleet.device.Device;
import dev.bartizan.fleet.device.Endorsement;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** One device of a fleet, with keys in memory and a boot of which nothing has to be played. */
final class SoftwareDevice implements DeviceKeystore {
  private static final int P256 = 256;

  private final KeyPair identity;
  private final SoftwareChip chip;
  private final Ueid ueid;
  private final PcrValues values;

  /**
   * @param values what its PCRs hold
   */
  SoftwareDevice(AttestationKind kind, PcrValues values) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(P256);
    this.identity = generator.generateKeyPair();
    this.chip = SoftwareChip.with(kind);
    this.ueid = Ueid.of(Digest.of(chip.attestationKey().toArray()));
    this.values = values;
  }

  ECPublicKey identityKey() {
    return (ECPublicKey) identity.getPublic();
  }

  /** As a registry has it; its certificate is its own word. */
  Device enrolled(Instant now) throws GeneralSecurityException, OperatorCreationException {
    return enrolled(now, certificate(now));
  }

  /** As a registry has it. */
  Device enrolled(Instant now, X509Certificate certificate) {
    return new Device(
        ueid,
        Device.State.ENROLLED,
        "default",
        Set.of(),
        now,
        Protection.Kind.TPM2,
        Optional.of(
            new Device.Chip(
                new Endorsement(Endorsement.By.MAKER, Digest.of(new byte[0])),
                chip.attestationKey())),
        certificate,
        certificate,
        Optional.empty(),
        false);
  }

  /** A request for the next certificate, as it goes to a server: PKCS #10 in base64. */
  byte[] renewalOf(X509Certificate present) throws Exception {
    JcaX509CertificateHolder named = new JcaX509CertificateHolder(present);
    return Base64.getMimeEncoder()
        .encode(
            new JcaPKCS10CertificationRequestBuilder(named.getSubject(), identity.getPublic())
                .addAttribute(
                    PKCSObjectIdentifiers.pkcs_9_at_extensionRequest,
                    new Extensions(named.getExtension(Extension.subjectAlternativeName)))
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(identity.getPrivate()))
                .getEncoded());
  }

  private X509Certificate certificate(Instant now)
      throws GeneralSecurityException, OperatorCreationException {
    X500Name name = new X500Name("CN=" + ueid.text());
    return new JcaX509CertificateConverter()
        .getCertificate(
            new JcaX509v3CertificateBuilder(
                    name,
                    BigInteger.ONE,
                    Date.from(now.minusSeconds(60)),
                    Date.from(now.plusSeconds(86_400)),
                    name,
                    identity.getPublic())
                .build(
                    new JcaContentSignerBuilder("SHA256withECDSA").build(identity.getPrivate())));
  }

  @Override
  public Protection protection() {
    return new Protection(Protection.Kind.TPM2, "software", "1");
  }

  @Override
  public Ueid ueid() {
    return ueid;
  }

  @Override
  public ECPublicKey publicKey(KeyPurpose purpose) {
    return identityKey();
  }

  @Override
  public Bytes signDigest(Digest digest) throws IOException {
    try {
      Signature signer = Signature.getInstance("NONEwithECDSA");
      signer.initSign(identity.getPrivate());
      signer.update(digest.value().toArray());
      return Bytes.of(signer.sign());
    } catch (GeneralSecurityException broken) {
      throw new IOException(broken);
    }
  }

  @Override
  public SecretBytes agree(ECPublicKey ephemeral) throws IOException {
    throw new IOException("nothing is wrapped to this device");
  }

  @Override
  public Quote quote(PcrSelection selection, Bytes qualifyingData) {
    List<Bytes> selected = new ArrayList<>();
    for (PcrBank bank : selection.banks()) {
      for (int pcr : bank.pcrs()) {
        selected.add(values.find(bank.hash(), pcr).orElseThrow());
      }
    }
    return chip.quote(new PcrValues(selection, selected), qualifyingData);
  }
}
