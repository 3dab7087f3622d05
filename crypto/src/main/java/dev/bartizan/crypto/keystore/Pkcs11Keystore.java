// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.ProviderException;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The keys in a PKCS#11 token: made there, sensitive and not extractable. On disk is only which
 * keys they are, so that an exchanged token is noticed.
 *
 * <p>A token that is taken out is a refusal each time it is needed; when it is back, the next call
 * logs in again.
 */
public final class Pkcs11Keystore implements DeviceKeystore {
  /** The one blob this keystore stores. */
  public static final String BLOB = "pkcs11-keystore";

  private static final String TITLE = "bartizan-pkcs11-keystore/1";

  private final Pkcs11Token token;
  private final ECPublicKey identity;
  private final ECPublicKey unwrap;
  private final Protection protection;
  private @Nullable JcaKeys keys;

  private Pkcs11Keystore(Pkcs11Token token, JcaKeys keys) {
    this.token = token;
    this.keys = keys;
    this.identity = keys.publicKey(KeyPurpose.IDENTITY);
    this.unwrap = keys.publicKey(KeyPurpose.UNWRAP);
    this.protection =
        new Protection(
            Protection.Kind.PKCS11,
            String.valueOf(token.module().library().getFileName()),
            "unknown");
  }

  /**
   * Makes the device's keys in the token.
   *
   * @param label what their names in the token begin with: several devices may share one
   * @throws KeystoreRefusal {@code KEYS_EXIST}, here or in the token; {@code MODULE_UNUSABLE},
   *     {@code TOKEN_ABSENT}, {@code WRONG_PIN}, {@code PIN_LOCKED}, or what {@code pin} refuses
   */
  public static Pkcs11Keystore create(
      Pkcs11Module module, String label, Passphrase pin, BlobStore blobs, SecureRandom random)
      throws IOException, KeystoreRefusal {
    if (blobs.find(BLOB).isPresent()) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.KEYS_EXIST, "this device has keys already: " + BLOB);
    }
    Pkcs11Token token = new Pkcs11Token(module, label, pin);
    JcaKeys made = token.makeKeys(random);
    blobs.put(BLOB, CheckedBlob.wrap(TITLE, record(made)));
    return new Pkcs11Keystore(token, made);
  }

  /**
   * Opens the keys that {@link #create} made.
   *
   * @throws KeystoreRefusal {@code NO_KEYS}, {@code BLOB_CHANGED}, {@code TOKEN_REPLACED}, {@code
   *     MODULE_UNUSABLE}, {@code TOKEN_ABSENT}, {@code WRONG_PIN}, {@code PIN_LOCKED}, or what
   *     {@code pin} refuses
   */
  public static Pkcs11Keystore open(
      Pkcs11Module module, String label, Passphrase pin, BlobStore blobs)
      throws IOException, KeystoreRefusal {
    Optional<Bytes> stored = blobs.find(BLOB);
    if (stored.isEmpty()) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.NO_KEYS, "this device has no keys yet: enrol it");
    }
    Bytes expected = Bytes.of(CheckedBlob.unwrap(TITLE, stored.get()));
    Pkcs11Token token = new Pkcs11Token(module, label, pin);
    JcaKeys found = token.keys();
    if (!Bytes.of(record(found)).equals(expected)) {
      throw token.replaced(null);
    }
    return new Pkcs11Keystore(token, found);
  }

  /**
   * Logs in, and says whether the token has both keys of this label. A wrong PIN counts as a try.
   *
   * @throws KeystoreRefusal as {@link #open}
   */
  public static boolean isMade(Pkcs11Module module, String label, Passphrase pin)
      throws IOException, KeystoreRefusal {
    return new Pkcs11Token(module, label, pin).hasKeys();
  }

  private static byte[] record(JcaKeys keys) {
    StringBuilder text = new StringBuilder();
    for (KeyPurpose purpose : new KeyPurpose[] {KeyPurpose.IDENTITY, KeyPurpose.UNWRAP}) {
      Bytes key = Bytes.of(keys.publicKey(purpose).getEncoded());
      text.append(purpose.text()).append(' ').append(key.hex()).append('\n');
    }
    return text.toString().getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public Protection protection() {
    return protection;
  }

  @Override
  public Ueid ueid() {
    return Ueid.of(identity);
  }

  @Override
  public ECPublicKey publicKey(KeyPurpose purpose) {
    return switch (purpose) {
      case IDENTITY -> identity;
      case UNWRAP -> unwrap;
      case ATTESTATION ->
          throw new IllegalArgumentException("this keystore does not attest: no such key");
    };
  }

  @Override
  public Bytes signDigest(Digest digest) throws IOException, KeystoreRefusal {
    return use(held -> held.sign(digest));
  }

  @Override
  public SecretBytes agree(ECPublicKey ephemeral) throws IOException, KeystoreRefusal {
    ECPublicKey peer = PeerKey.require(ephemeral);
    return use(held -> held.agree(peer));
  }

  @Override
  public void destroy() throws IOException, KeystoreRefusal {
    forget();
    token.destroyKeys();
  }

  @FunctionalInterface
  private interface Work<T> {
    T with(JcaKeys keys) throws GeneralSecurityException;
  }

  /** A failure drops what is known of the token, so that the next call starts from the login. */
  private <T> T use(Work<T> work) throws IOException, KeystoreRefusal {
    try {
      return work.with(present());
    } catch (GeneralSecurityException | ProviderException failed) {
      forget();
      throw Pkcs11Trouble.absent(token.module(), failed);
    }
  }

  private synchronized JcaKeys present() throws IOException, KeystoreRefusal {
    if (keys == null) {
      JcaKeys found = token.keys();
      if (!found.publicKey(KeyPurpose.IDENTITY).equals(identity)
          || !found.publicKey(KeyPurpose.UNWRAP).equals(unwrap)) {
        throw token.replaced(null);
      }
      keys = found;
    }
    return keys;
  }

  private synchronized void forget() {
    keys = null;
  }
}
