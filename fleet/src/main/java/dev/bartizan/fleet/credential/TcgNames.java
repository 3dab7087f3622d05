// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.credential;

import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.crypto.tpm.ChipModel;
import java.security.cert.X509Certificate;
import java.util.Optional;
import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1String;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERTaggedObject;
import org.bouncycastle.asn1.DERUTF8String;
import org.bouncycastle.asn1.x500.AttributeTypeAndValue;
import org.bouncycastle.asn1.x500.RDN;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;

/**
 * How certificates of a TPM's keys name the TPM: by a directory name among the alternative names
 * (TCG EK Credential Profile, 3.2.9).
 */
public final class TcgNames {
  /** tcg-kp-AIKCertificate: of a key that signs what its TPM states and nothing else. */
  static final ASN1ObjectIdentifier ATTESTATION_KEY = new ASN1ObjectIdentifier("2.23.133.8.3");

  private static final ASN1ObjectIdentifier MANUFACTURER = new ASN1ObjectIdentifier("2.23.133.2.1");
  private static final ASN1ObjectIdentifier MODEL = new ASN1ObjectIdentifier("2.23.133.2.2");
  private static final ASN1ObjectIdentifier VERSION = new ASN1ObjectIdentifier("2.23.133.2.3");

  /** id-on-permanentIdentifier (RFC 4043): what an ACME order may name a device by. */
  private static final ASN1ObjectIdentifier PERMANENT_IDENTIFIER =
      new ASN1ObjectIdentifier("1.3.6.1.5.5.7.8.3");

  private TcgNames() {}

  /** The alternative names of an attestation key's certificate: the chip, and the device's id. */
  static GeneralNames of(ChipModel chip, Ueid device) {
    X500Name name =
        new X500NameBuilder(BCStyle.INSTANCE)
            .addRDN(MANUFACTURER, new DERUTF8String(chip.manufacturer()))
            .addRDN(MODEL, new DERUTF8String(chip.model()))
            .addRDN(VERSION, new DERUTF8String(chip.version()))
            .build();
    ASN1EncodableVector permanent = new ASN1EncodableVector();
    permanent.add(PERMANENT_IDENTIFIER);
    permanent.add(new DERTaggedObject(true, 0, new DERSequence(new DERUTF8String(device.text()))));
    return new GeneralNames(
        new GeneralName[] {
          new GeneralName(GeneralName.directoryName, name),
          new GeneralName(GeneralName.otherName, new DERSequence(permanent))
        });
  }

  /** What an endorsement certificate says its chip is; empty when it does not say all of it. */
  public static Optional<ChipModel> chipIn(X509Certificate endorsement) {
    byte[] extension = endorsement.getExtensionValue(Extension.subjectAlternativeName.getId());
    if (extension == null) {
      return Optional.empty();
    }
    try {
      byte[] names = ASN1OctetString.getInstance(extension).getOctets();
      for (GeneralName name : GeneralNames.getInstance(names).getNames()) {
        if (name.getTagNo() == GeneralName.directoryName) {
          X500Name chip = X500Name.getInstance(name.getName());
          return Optional.of(
              new ChipModel(value(chip, MANUFACTURER), value(chip, MODEL), value(chip, VERSION)));
        }
      }
      return Optional.empty();
    } catch (IllegalArgumentException | ClassCastException unreadable) {
      // It is the maker's business how he names his chips; the key is what was certified.
      return Optional.empty();
    }
  }

  /** Makers write the three as one relative name or as three. */
  private static String value(X500Name name, ASN1ObjectIdentifier type) {
    for (RDN part : name.getRDNs()) {
      for (AttributeTypeAndValue value : part.getTypesAndValues()) {
        if (value.getType().equals(type)) {
          return ((ASN1String) value.getValue()).getString();
        }
      }
    }
    throw new IllegalArgumentException("no " + type);
  }
}
