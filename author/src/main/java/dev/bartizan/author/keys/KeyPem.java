// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.author.keys.AuthorRefusal.Code;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.updater.tuf.HybridPrivateKey;
import dev.bartizan.updater.tuf.HybridPublicKey;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;
import org.bouncycastle.crypto.util.PrivateKeyFactory;
import org.bouncycastle.crypto.util.PrivateKeyInfoFactory;
import org.bouncycastle.crypto.util.PublicKeyFactory;
import org.bouncycastle.crypto.util.SubjectPublicKeyInfoFactory;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.MiscPEMGenerator;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * The file form of a key pair: PKCS#8 private key, encrypted or not, then the public key. Of a
 * hybrid pair the classical half comes first, the ML-DSA half follows in the same form.
 */
final class KeyPem {
  /** OWASP's figure for PBKDF2 with HMAC-SHA-512. */
  private static final int ITERATIONS = 210_000;

  private final Provider bouncyCastle = new BouncyCastleProvider();
  private final SecureRandom random;

  KeyPem(SecureRandom random) {
    this.random = random;
  }

  byte[] encode(KeyPair pair, Optional<SecretBytes> passphrase) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      if (pair.getPublic() instanceof HybridPublicKey hybrid
          && pair.getPrivate() instanceof HybridPrivateKey secret) {
        write(pem, info(secret.classical()), info(hybrid.classical()), passphrase);
        write(
            pem,
            PrivateKeyInfoFactory.createPrivateKeyInfo(secret.mlDsa()),
            SubjectPublicKeyInfoFactory.createSubjectPublicKeyInfo(
                secret.mlDsa().getPublicKeyParameters()),
            passphrase);
      } else {
        write(pem, info(pair.getPrivate()), info(pair.getPublic()), passphrase);
      }
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  /** The public half alone. */
  byte[] encode(PublicKey key) throws IOException {
    StringWriter text = new StringWriter();
    try (PemWriter pem = new PemWriter(text)) {
      pem.writeObject(new MiscPEMGenerator(info(key)));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private static PrivateKeyInfo info(PrivateKey key) {
    return PrivateKeyInfo.getInstance(key.getEncoded());
  }

  private static SubjectPublicKeyInfo info(PublicKey key) {
    return SubjectPublicKeyInfo.getInstance(key.getEncoded());
  }

  private void write(
      PemWriter pem, PrivateKeyInfo secret, SubjectPublicKeyInfo open, Optional<SecretBytes> pass)
      throws IOException {
    pem.writeObject(
        new PKCS8Generator(secret, pass.isEmpty() ? null : encryptor(pass.get())).generate());
    pem.writeObject(new MiscPEMGenerator(open));
  }

  private OutputEncryptor encryptor(SecretBytes passphrase) throws IOException {
    char[] characters = passphrase.reveal(KeyPem::characters);
    try {
      return new JceOpenSSLPKCS8EncryptorBuilder(PKCS8Generator.AES_256_CBC)
          .setProvider(bouncyCastle)
          .setRandom(random)
          .setPRF(PKCS8Generator.PRF_HMACSHA512)
          .setIterationCount(ITERATIONS)
          .setPassword(characters)
          .build();
    } catch (OperatorCreationException impossible) {
      throw new IllegalStateException("the provider has PBES2 with AES", impossible);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  /**
   * The public key, which is never encrypted.
   *
   * @throws AuthorRefusal BAD_KEY when the file holds none
   */
  PublicKey publicKey(String name, byte[] pem) throws AuthorRefusal {
    List<SubjectPublicKeyInfo> halves = parts(name, pem, SubjectPublicKeyInfo.class);
    requireHalves(name, halves, "public");
    try {
      PublicKey classical = converter().getPublicKey(halves.get(0));
      return halves.size() == 1
          ? classical
          : HybridPair.publicKey(
              classical, (MLDSAPublicKeyParameters) PublicKeyFactory.createKey(halves.get(1)));
    } catch (IOException | ClassCastException unsound) {
      throw new AuthorRefusal(Code.BAD_KEY, name + ": not a public key of ours", unsound);
    }
  }

  /**
   * The private key.
   *
   * @throws AuthorRefusal PASSPHRASE when it is encrypted and {@code passphrase} does not open it;
   *     BAD_KEY when there is none
   */
  PrivateKey privateKey(String name, byte[] pem, Optional<SecretBytes> passphrase)
      throws AuthorRefusal {
    List<PrivateKeyInfo> halves = new ArrayList<>(parts(name, pem, PrivateKeyInfo.class));
    for (PKCS8EncryptedPrivateKeyInfo ciphertext :
        parts(name, pem, PKCS8EncryptedPrivateKeyInfo.class)) {
      halves.add(opened(name, ciphertext, passphrase));
    }
    requireHalves(name, halves, "private");
    try {
      PrivateKey classical = converter().getPrivateKey(halves.get(0));
      return halves.size() == 1
          ? classical
          : HybridPair.privateKey(
              classical, (MLDSAPrivateKeyParameters) PrivateKeyFactory.createKey(halves.get(1)));
    } catch (IOException | ClassCastException unsound) {
      throw new AuthorRefusal(Code.BAD_KEY, name + ": not a private key of ours", unsound);
    }
  }

  private static void requireHalves(String name, List<?> halves, String kind) throws AuthorRefusal {
    if (halves.isEmpty() || halves.size() > 2) {
      throw new AuthorRefusal(
          Code.BAD_KEY,
          name + ": holds " + halves.size() + " " + kind + " keys, not one, or two of a hybrid");
    }
  }

  private PrivateKeyInfo opened(
      String name, PKCS8EncryptedPrivateKeyInfo ciphertext, Optional<SecretBytes> passphrase)
      throws AuthorRefusal {
    if (passphrase.isEmpty()) {
      throw new AuthorRefusal(Code.PASSPHRASE, name + ": encrypted, and no passphrase was given");
    }
    char[] characters = passphrase.get().reveal(KeyPem::characters);
    try {
      return ciphertext.decryptPrivateKeyInfo(
          new JceOpenSSLPKCS8DecryptorProviderBuilder()
              .setProvider(bouncyCastle)
              .build(characters));
    } catch (PKCSException wrong) {
      throw new AuthorRefusal(Code.PASSPHRASE, name + ": the passphrase does not open it", wrong);
    } catch (OperatorCreationException impossible) {
      throw new IllegalStateException("the provider has PBES2 with AES", impossible);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  private static <T> List<T> parts(String name, byte[] pem, Class<T> kind) throws AuthorRefusal {
    String text = new String(pem, StandardCharsets.US_ASCII);
    List<T> parts = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
        if (kind.isInstance(found)) {
          parts.add(kind.cast(found));
        }
      }
      return parts;
    } catch (IOException malformed) {
      throw new AuthorRefusal(Code.BAD_KEY, name + ": not a PEM key", malformed);
    }
  }

  /** The platform's own key classes, which its signatures want. */
  private static JcaPEMKeyConverter converter() {
    return new JcaPEMKeyConverter();
  }

  private static char[] characters(byte[] utf8) {
    CharBuffer decoded = StandardCharsets.UTF_8.decode(ByteBuffer.wrap(utf8));
    char[] characters = new char[decoded.remaining()];
    decoded.get(characters);
    Arrays.fill(decoded.array(), '\0');
    return characters;
  }
}
