// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * A key of a keystore, by reference: the identity key, which signs, or the unwrap key, which
 * agrees.
 *
 * <p>It is an {@link ECKey}, so that JSSE sees its curve, but no ECPrivateKey: that one would have
 * to give away its number, and other providers would try to use it.
 */
public final class KeystorePrivateKey implements PrivateKey, ECKey {
  private static final long serialVersionUID = 1L;

  private final transient DeviceKeystore keystore;
  private final KeyPurpose purpose;

  /** The identity key. */
  public KeystorePrivateKey(DeviceKeystore keystore) {
    this(keystore, KeyPurpose.IDENTITY);
  }

  private KeystorePrivateKey(DeviceKeystore keystore, KeyPurpose purpose) {
    this.keystore = keystore;
    this.purpose = purpose;
  }

  /** The unwrap key. */
  public static KeystorePrivateKey unwrapping(DeviceKeystore keystore) {
    return new KeystorePrivateKey(keystore, KeyPurpose.UNWRAP);
  }

  KeyPurpose purpose() {
    return purpose;
  }

  Bytes sign(Digest digest) throws SignatureException {
    try {
      return keystore.signDigest(digest);
    } catch (IOException | KeystoreRefusal failed) {
      throw new SignatureException("the keystore does not sign: " + failed.getMessage(), failed);
    }
  }

  SecretBytes agree(ECPublicKey peer) throws InvalidKeyException {
    try {
      return keystore.agree(peer);
    } catch (IOException | KeystoreRefusal failed) {
      throw new InvalidKeyException("the keystore does not agree: " + failed.getMessage(), failed);
    }
  }

  @Override
  public ECParameterSpec getParams() {
    return keystore.publicKey(purpose).getParams();
  }

  @Override
  public String getAlgorithm() {
    return "EC";
  }

  /** None: the key cannot be taken out. */
  @Override
  public @Nullable String getFormat() {
    return null;
  }

  /** None: the key cannot be taken out. */
  @Override
  public byte @Nullable [] getEncoded() {
    return null;
  }

  private void writeObject(ObjectOutputStream out) throws NotSerializableException {
    throw new NotSerializableException("a keystore key cannot leave its keystore");
  }

  @Override
  public String toString() {
    return "keystore key for " + purpose.text();
  }
}
