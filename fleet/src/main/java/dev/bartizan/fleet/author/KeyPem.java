package dev.bartizan.fleet.author;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.fleet.author.AuthorRefusal.Code;
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
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.openssl.jcajce.JcaMiscPEMGenerator;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.openssl.jcajce.JcaPKCS8Generator;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8DecryptorProviderBuilder;
import org.bouncycastle.openssl.jcajce.JceOpenSSLPKCS8EncryptorBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.OutputEncryptor;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.util.io.pem.PemObjectGenerator;
import org.bouncycastle.util.io.pem.PemWriter;

/** The file form of a key pair: PKCS#8 private key, encrypted or not, then the public key. */
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
      pem.writeObject(privatePart(pair.getPrivate(), passphrase));
      pem.writeObject(new JcaMiscPEMGenerator(pair.getPublic()));
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  private PemObjectGenerator privatePart(PrivateKey key, Optional<SecretBytes> passphrase)
      throws IOException {
    return passphrase.isEmpty()
        ? new JcaPKCS8Generator(key, null)
        : new JcaPKCS8Generator(key, encryptor(passphrase.get()));
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
    return part(name, pem, SubjectPublicKeyInfo.class, found -> converter().getPublicKey(found))
        .orElseThrow(() -> new AuthorRefusal(Code.BAD_KEY, name + ": holds no public key"));
  }

  /**
   * The private key.
   *
   * @throws AuthorRefusal PASSPHRASE when it is encrypted and {@code passphrase} does not open it;
   *     BAD_KEY when there is none
   */
  PrivateKey privateKey(String name, byte[] pem, Optional<SecretBytes> passphrase)
      throws AuthorRefusal {
    Optional<PKCS8EncryptedPrivateKeyInfo> sealed =
        part(name, pem, PKCS8EncryptedPrivateKeyInfo.class, found -> found);
    if (sealed.isPresent()) {
      return opened(name, sealed.get(), passphrase);
    }
    return part(name, pem, PrivateKeyInfo.class, found -> converter().getPrivateKey(found))
        .orElseThrow(() -> new AuthorRefusal(Code.BAD_KEY, name + ": holds no private key"));
  }

  private PrivateKey opened(
      String name, PKCS8EncryptedPrivateKeyInfo sealed, Optional<SecretBytes> passphrase)
      throws AuthorRefusal {
    if (passphrase.isEmpty()) {
      throw new AuthorRefusal(Code.PASSPHRASE, name + ": encrypted, and no passphrase was given");
    }
    char[] characters = passphrase.get().reveal(KeyPem::characters);
    try {
      return converter()
          .getPrivateKey(
              sealed.decryptPrivateKeyInfo(
                  new JceOpenSSLPKCS8DecryptorProviderBuilder()
                      .setProvider(bouncyCastle)
                      .build(characters)));
    } catch (PKCSException | PEMException wrong) {
      throw new AuthorRefusal(Code.PASSPHRASE, name + ": the passphrase does not open it", wrong);
    } catch (OperatorCreationException impossible) {
      throw new IllegalStateException("the provider has PBES2 with AES", impossible);
    } finally {
      Arrays.fill(characters, '\0');
    }
  }

  private interface Conversion<F, T> {
    T convert(F found) throws PEMException;
  }

  private static <F, T> Optional<T> part(
      String name, byte[] pem, Class<F> kind, Conversion<F, T> conversion) throws AuthorRefusal {
    String text = new String(pem, StandardCharsets.US_ASCII);
    try (PEMParser parser = new PEMParser(new StringReader(text))) {
      Object found = parser.readObject();
      while (found != null) {
        if (kind.isInstance(found)) {
          return Optional.of(conversion.convert(kind.cast(found)));
        }
        found = parser.readObject();
      }
      return Optional.empty();
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
