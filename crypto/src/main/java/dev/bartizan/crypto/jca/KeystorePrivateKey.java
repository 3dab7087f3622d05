package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import dev.bartizan.crypto.keystore.KeystoreRefusal;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.security.PrivateKey;
import java.security.SignatureException;
import java.security.interfaces.ECKey;
import java.security.spec.ECParameterSpec;
import org.jspecify.annotations.Nullable;

/**
 * The identity key of a keystore, by reference.
 *
 * <p>It is an {@link ECKey}, so that JSSE sees its curve, but no ECPrivateKey: that one would have
 * to give away its number, and other providers would try to use it.
 */
public final class KeystorePrivateKey implements PrivateKey, ECKey {
  private static final long serialVersionUID = 1L;

  private final transient DeviceKeystore keystore;

  public KeystorePrivateKey(DeviceKeystore keystore) {
    this.keystore = keystore;
  }

  Bytes sign(Digest digest) throws SignatureException {
    try {
      return keystore.signDigest(digest);
    } catch (IOException | KeystoreRefusal failed) {
      throw new SignatureException("the keystore does not sign: " + failed.getMessage(), failed);
    }
  }

  @Override
  public ECParameterSpec getParams() {
    return keystore.publicKey(KeyPurpose.IDENTITY).getParams();
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
    return "keystore key for " + KeyPurpose.IDENTITY.text();
  }
}
