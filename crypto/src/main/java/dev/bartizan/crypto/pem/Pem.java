// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.pem;

import dev.bartizan.crypto.json.Malformed;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.ArrayList;
import java.util.List;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemReader;
import org.bouncycastle.util.io.pem.PemWriter;

/** Textual encodings of certificates and keys (RFC 7468), as other tools read and write them. */
public final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String REVOCATION_LIST = "X509 CRL";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final String PUBLIC_KEY = "PUBLIC KEY";

  private Pem() {}

  /** Certificates, in the order given. */
  public static String ofCertificates(List<X509Certificate> chain) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : chain) {
      text.append(encode(CERTIFICATE, der(certificate)));
    }
    return text.toString();
  }

  /** A certificate revocation list, from its DER form. */
  public static String ofRevocationList(byte[] der) {
    return encode(REVOCATION_LIST, der);
  }

  /** An unencrypted PKCS #8 key: only for files with mode 0600. */
  public static String ofPrivateKey(PrivateKey key) {
    return encode(PRIVATE_KEY, key.getEncoded());
  }

  /** A SubjectPublicKeyInfo. */
  public static String ofPublicKey(PublicKey key) {
    return encode(PUBLIC_KEY, key.getEncoded());
  }

  /**
   * All certificates in {@code pem}, at least one.
   *
   * @param what whose text it is, for messages
   */
  public static List<X509Certificate> certificates(String pem, String what) throws Malformed {
    List<X509Certificate> chain = new ArrayList<>();
    for (byte[] der : blocks(pem, CERTIFICATE, what)) {
      chain.add(certificate(der, what));
    }
    return List.copyOf(chain);
  }

  /** One certificate from its DER form. */
  public static X509Certificate certificate(byte[] der, String what) throws Malformed {
    try {
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(der));
    } catch (CertificateException notACertificate) {
      throw new Malformed(what + " holds no readable certificate", notACertificate);
    }
  }

  /** The one EC private key in {@code pem}. */
  public static PrivateKey privateKey(String pem, String what) throws Malformed {
    try {
      byte[] der = blocks(pem, PRIVATE_KEY, what).get(0);
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
    } catch (GeneralSecurityException notAKey) {
      // Without the cause: it may quote the key.
      throw new Malformed(what + " holds no readable EC key (" + notAKey.getClass() + ")");
    }
  }

  /** The one public key in {@code pem}: EC, RSA or Ed25519. */
  public static PublicKey publicKey(String pem, String what) throws Malformed {
    byte[] der = blocks(pem, PUBLIC_KEY, what).get(0);
    try {
      SubjectPublicKeyInfo info = SubjectPublicKeyInfo.getInstance(der);
      ASN1ObjectIdentifier algorithm = info.getAlgorithm().getAlgorithm();
      // The platform knows the others by their numbers, and this one by its name alone.
      String name = algorithm.equals(X9ObjectIdentifiers.id_ecPublicKey) ? "EC" : algorithm.getId();
      return KeyFactory.getInstance(name).generatePublic(new X509EncodedKeySpec(der));
    } catch (GeneralSecurityException | IllegalArgumentException notAKey) {
      throw new Malformed(what + " holds no public key of a kind we know", notAKey);
    }
  }

  public static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a parsed certificate has its encoding", impossible);
    }
  }

  private static List<byte[]> blocks(String pem, String label, String what) throws Malformed {
    List<byte[]> blocks = new ArrayList<>();
    try (PemReader reader = new PemReader(new StringReader(pem))) {
      for (PemObject block = reader.readPemObject();
          block != null;
          block = reader.readPemObject()) {
        if (block.getType().equals(label)) {
          blocks.add(block.getContent());
        }
      }
    } catch (IOException | RuntimeException notPem) {
      // The library refuses by several runtime exceptions; none of them quotes the text.
      throw new Malformed(what + " is not PEM", notPem);
    }
    if (blocks.isEmpty()) {
      throw new Malformed(what + " holds no " + label);
    }
    return blocks;
  }

  private static String encode(String label, byte[] der) {
    StringWriter text = new StringWriter();
    try (PemWriter writer = new PemWriter(text)) {
      writer.writeObject(new PemObject(label, der));
    } catch (IOException impossible) {
      throw new IllegalStateException("writing to memory cannot fail", impossible);
    }
    return text.toString();
  }
}
