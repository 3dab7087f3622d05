// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import org.bouncycastle.asn1.DERNull;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** A maker of chips for tests: certifies endorsement keys and authorities as it is told to. */
public final class ChipMaker {
  private static final Instant FROM = Instant.parse("2020-01-01T00:00:00Z");
  private static final Instant UNTIL = Instant.parse("2049-01-01T00:00:00Z");
  private static final X500Name CHIP = new X500Name("O=Chips,CN=EK 1");

  private final X509Certificate certificate;
  private final KeyPair key;

  private ChipMaker(X509Certificate certificate, KeyPair key) {
    this.certificate = certificate;
    this.key = key;
  }

  /** What is special about a certificate, and how long it holds. */
  public record Shape(Instant from, Instant until, Special special) {
    public static Shape of(Special special) {
      return new Shape(FROM, UNTIL, special);
    }

    public Shape until(Instant end) {
      return new Shape(from, end, special);
    }

    public Shape with(Special more) {
      return new Shape(
          from,
          until,
          builder -> {
            special.add(builder);
            more.add(builder);
          });
    }
  }

  /** Adds extensions. */
  @FunctionalInterface
  public interface Special {
    void add(X509v3CertificateBuilder builder) throws IOException;
  }

  /** As authorities are, with any number of others below. */
  public static Shape authority() {
    return Shape.of(
        it -> {
          it.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
          it.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
        });
  }

  /** As certificates of endorsement keys are. */
  public static Shape chip() {
    return Shape.of(
        it -> {
          it.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
          it.addExtension(
              Extension.keyUsage,
              true,
              new KeyUsage(KeyUsage.keyEncipherment | KeyUsage.keyAgreement));
        });
  }

  public static ChipMaker root(String name) {
    return root(name, authority());
  }

  public static ChipMaker root(String name, Shape shape) {
    KeyPair key = pair();
    X500Name self = new X500Name(name);
    return new ChipMaker(sign(self, key, self, info(key), shape), key);
  }

  /** An authority below this one. */
  public ChipMaker below(String name, Shape shape) {
    KeyPair own = pair();
    return new ChipMaker(sign(subject(), key, new X500Name(name), info(own), shape), own);
  }

  /** The same authority with another certificate for its key, by itself. */
  public ChipMaker again(Shape shape) {
    return new ChipMaker(sign(subject(), key, subject(), info(key), shape), key);
  }

  public X509Certificate certify(TpmPublic endorsement, Shape shape) {
    return sign(subject(), key, CHIP, info(endorsement), shape);
  }

  public X509Certificate certify(SubjectPublicKeyInfo endorsement, Shape shape) {
    return sign(subject(), key, CHIP, endorsement, shape);
  }

  /** An ordinary certificate for this key, DER. */
  public Bytes certify(TpmPublic endorsement) {
    return der(certify(endorsement, chip()));
  }

  public X509Certificate certificate() {
    return certificate;
  }

  public byte[] pem() {
    return pem(der(certificate));
  }

  public static byte[] pem(Bytes der) {
    String body = Base64.getMimeEncoder().encodeToString(der.toArray());
    return ("-----BEGIN CERTIFICATE-----\n" + body + "\n-----END CERTIFICATE-----\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  public static Bytes der(X509Certificate certificate) {
    try {
      return Bytes.of(certificate.getEncoded());
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** How an RSA key is written by makers who say what it is for (RFC 4055). */
  public static SubjectPublicKeyInfo oaep(TpmPublic endorsement) {
    try {
      return new SubjectPublicKeyInfo(
          new AlgorithmIdentifier(PKCSObjectIdentifiers.id_RSAES_OAEP, DERNull.INSTANCE),
          info(endorsement).parsePublicKey());
    } catch (IOException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private X500Name subject() {
    return X500Name.getInstance(certificate.getSubjectX500Principal().getEncoded());
  }

  private static SubjectPublicKeyInfo info(KeyPair pair) {
    return SubjectPublicKeyInfo.getInstance(pair.getPublic().getEncoded());
  }

  private static SubjectPublicKeyInfo info(TpmPublic endorsement) {
    try {
      return SubjectPublicKeyInfo.getInstance(endorsement.toPublicKey().getEncoded());
    } catch (TpmRefusal notAKey) {
      throw new IllegalStateException(notAKey);
    }
  }

  private static X509Certificate sign(
      X500Name issuer, KeyPair by, X500Name subject, SubjectPublicKeyInfo key, Shape shape) {
    try {
      X509v3CertificateBuilder builder =
          new X509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(System.nanoTime()),
              Date.from(shape.from()),
              Date.from(shape.until()),
              subject,
              key);
      shape.special().add(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(by.getPrivate())));
    } catch (IOException | OperatorCreationException | GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}
