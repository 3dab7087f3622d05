// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.crypto.util.PBKDF2Config;
import org.bouncycastle.jcajce.BCFKSLoadStoreParameter;
import org.bouncycastle.jce.provider.BouncyCastleProvider;

/**
 * The keys in a Bouncy Castle key store (BCFKS) under a password, for development: in this process
 * they are plain, and whoever reads file and password has them.
 */
public final class SoftwareKeystore implements DeviceKeystore {
  /** The one blob this keystore stores. */
  public static final String BLOB = "software-keystore";

  private static final String TITLE = "bartizan-software-keystore/1";
  private static final String NO_PREFIX = "";

  /** Of PBKDF2, five times per start: the password is a machine's, in a file beside this one. */
  private static final int STRETCHING = 10_000;

  private static final int SALT = 64;

  private final JcaKeys keys;
  private final Protection protection;

  private SoftwareKeystore(JcaKeys keys, Provider provider) {
    this.keys = keys;
    this.protection =
        new Protection(Protection.Kind.SOFTWARE, provider.getInfo(), provider.getVersionStr());
  }

  /**
   * Makes the device's keys and stores them, encrypted.
   *
   * @throws KeystoreRefusal {@code KEYS_EXIST}, or what {@code password} refuses
   */
  public static SoftwareKeystore create(BlobStore blobs, Passphrase password, SecureRandom random)
      throws IOException, KeystoreRefusal {
    if (blobs.find(BLOB).isPresent()) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.KEYS_EXIST, "this device has keys already: " + BLOB);
    }
    Provider provider = new BouncyCastleProvider();
    try (SecretBytes secret = password.read()) {
      KeyStore store = empty(provider);
      KeyPair identity = JcaKeys.generate(provider, random);
      KeyPair unwrap = JcaKeys.generate(provider, random);
      JcaKeys.put(store, NO_PREFIX, KeyPurpose.IDENTITY, identity, identity, provider);
      JcaKeys.put(store, NO_PREFIX, KeyPurpose.UNWRAP, unwrap, identity, provider);
      blobs.put(BLOB, CheckedBlob.wrap(TITLE, encrypted(store, secret)));
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("Bouncy Castle has what this needs", impossible);
    }
    return open(blobs, password);
  }

  /**
   * Opens the keys that {@link #create} made.
   *
   * @throws KeystoreRefusal {@code NO_KEYS}, {@code BLOB_CHANGED}, {@code WRONG_PASSWORD}, or what
   *     {@code password} refuses
   */
  public static SoftwareKeystore open(BlobStore blobs, Passphrase password)
      throws IOException, KeystoreRefusal {
    Optional<Bytes> stored = blobs.find(BLOB);
    if (stored.isEmpty()) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.NO_KEYS, "this device has no keys yet: enrol it");
    }
    byte[] encrypted = CheckedBlob.unwrap(TITLE, stored.get());
    Provider provider = new BouncyCastleProvider();
    try (SecretBytes secret = password.read()) {
      return new SoftwareKeystore(
          JcaKeys.of(decrypted(provider, encrypted, secret), NO_PREFIX), provider);
    } catch (GeneralSecurityException incomplete) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BLOB_CHANGED, BLOB + ": a key is missing", incomplete);
    }
  }

  private static KeyStore empty(Provider provider) throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("BCFKS", provider);
    store.load(
        new BCFKSLoadStoreParameter.Builder()
            .withStorePBKDFConfig(
                new PBKDF2Config.Builder()
                    .withPRF(PBKDF2Config.PRF_SHA512)
                    .withSaltLength(SALT)
                    .withIterationCount(STRETCHING)
                    .build())
            .build());
    return store;
  }

  private static byte[] encrypted(KeyStore store, SecretBytes secret)
      throws GeneralSecurityException, IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    char[] password = Passwords.chars(secret);
    try {
      store.store(out, password);
    } finally {
      Arrays.fill(password, '\0');
    }
    return out.toByteArray();
  }

  private static KeyStore decrypted(Provider provider, byte[] encrypted, SecretBytes secret)
      throws GeneralSecurityException, KeystoreRefusal {
    KeyStore store = KeyStore.getInstance("BCFKS", provider);
    char[] password = Passwords.chars(secret);
    try {
      store.load(new ByteArrayInputStream(encrypted), password);
      return store;
    } catch (IOException wrong) {
      // The bytes are those that were stored: it is the password that does not fit.
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.WRONG_PASSWORD,
          BLOB + ": does not open with this password",
          wrong);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  @Override
  public Protection protection() {
    return protection;
  }

  @Override
  public Ueid ueid() {
    return Ueid.of(publicKey(KeyPurpose.IDENTITY));
  }

  @Override
  public ECPublicKey publicKey(KeyPurpose purpose) {
    return keys.publicKey(purpose);
  }

  @Override
  public Bytes signDigest(Digest digest) {
    try {
      return keys.sign(digest);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("a key in memory signs", impossible);
    }
  }

  @Override
  public SecretBytes agree(ECPublicKey ephemeral) throws KeystoreRefusal {
    ECPublicKey peer = PeerKey.require(ephemeral);
    try {
      return keys.agree(peer);
    } catch (GeneralSecurityException impossible) {
      throw new IllegalStateException("a key in memory agrees", impossible);
    }
  }
}
