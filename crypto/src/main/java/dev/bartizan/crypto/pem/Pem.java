// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.pem;

import dev.bartizan.crypto.json.Malformed;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Textual encodings of certificates and keys (RFC 7468), as other tools read and write them. */
public final class Pem {
  private static final Pattern BLOCK =
      Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----\\s*([A-Za-z0-9+/=\\s]+?)\\s*-----END \\1-----");
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

  public static byte[] der(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateEncodingException impossible) {
      throw new IllegalStateException("a parsed certificate has its encoding", impossible);
    }
  }

  private static List<byte[]> blocks(String pem, String label, String what) throws Malformed {
    List<byte[]> blocks = new ArrayList<>();
    Matcher block = BLOCK.matcher(pem);
    while (block.find()) {
      if (block.group(1).equals(label)) {
        blocks.add(decode(block.group(2), what));
      }
    }
    if (blocks.isEmpty()) {
      throw new Malformed(what + " holds no " + label);
    }
    return blocks;
  }

  private static byte[] decode(String base64, String what) throws Malformed {
    try {
      return Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException notBase64) {
      throw new Malformed(what + " is not PEM", notBase64);
    }
  }

  private static String encode(String label, byte[] der) {
    Base64.Encoder lines = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
    String body = lines.encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }
}
