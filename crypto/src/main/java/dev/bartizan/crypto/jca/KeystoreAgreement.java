// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.keystore.KeyPurpose;
import java.security.InvalidAlgorithmParameterException;
import java.security.InvalidKeyException;
import java.security.Key;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.interfaces.ECPublicKey;
import java.security.spec.AlgorithmParameterSpec;
import java.util.Arrays;
import java.util.Map;
import javax.crypto.KeyAgreementSpi;
import javax.crypto.SecretKey;
import javax.crypto.ShortBufferException;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.asn1.nist.NISTObjectIdentifiers;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.generators.KDF2BytesGenerator;
import org.bouncycastle.crypto.params.KDFParameters;
import org.bouncycastle.jcajce.spec.UserKeyingMaterialSpec;
import org.jspecify.annotations.Nullable;

/** ECDH with the unwrap key of a keystore. */
abstract sealed class KeystoreAgreement extends KeyAgreementSpi {
  private @Nullable KeystorePrivateKey ours;
  private @Nullable ECPublicKey theirs;

  /** Takes what the algorithm wants besides the key. */
  abstract void accept(@Nullable AlgorithmParameterSpec parameters)
      throws InvalidAlgorithmParameterException;

  /** What comes of the shared x coordinate. */
  abstract byte[] derive(byte[] z, int bytes);

  @Override
  protected void engineInit(Key key, SecureRandom random) throws InvalidKeyException {
    try {
      engineInit(key, null, random);
    } catch (InvalidAlgorithmParameterException missing) {
      throw new InvalidKeyException("this agreement wants parameters", missing);
    }
  }

  @Override
  protected void engineInit(
      Key key, @Nullable AlgorithmParameterSpec parameters, SecureRandom random)
      throws InvalidKeyException, InvalidAlgorithmParameterException {
    if (!(key instanceof KeystorePrivateKey held) || held.purpose() != KeyPurpose.UNWRAP) {
      throw new InvalidKeyException("agrees with the unwrap key of a keystore only");
    }
    accept(parameters);
    ours = held;
    theirs = null;
  }

  @Override
  protected @Nullable Key engineDoPhase(Key key, boolean lastPhase) throws InvalidKeyException {
    if (!(key instanceof ECPublicKey peer) || !lastPhase) {
      throw new InvalidKeyException("agrees with one elliptic curve key");
    }
    theirs = peer;
    return null;
  }

  final byte[] agree(int bytes) {
    if (ours == null || theirs == null) {
      throw new IllegalStateException("not initialized");
    }
    try (SecretBytes shared = ours.agree(theirs)) {
      return shared.reveal(z -> derive(z, bytes));
    } catch (InvalidKeyException refused) {
      throw new IllegalStateException(String.valueOf(refused.getMessage()), refused);
    }
  }

  @Override
  protected byte[] engineGenerateSecret() {
    return agree(32);
  }

  @Override
  protected int engineGenerateSecret(byte[] secret, int offset) throws ShortBufferException {
    byte[] agreed = engineGenerateSecret();
    try {
      if (secret.length - offset < agreed.length) {
        throw new ShortBufferException("the secret has " + agreed.length + " bytes");
      }
      System.arraycopy(agreed, 0, secret, offset, agreed.length);
      return agreed.length;
    } finally {
      Arrays.fill(agreed, (byte) 0);
    }
  }

  /** {@code ECDH}: the x coordinate as it is. */
  static final class Raw extends KeystoreAgreement {
    @Override
    void accept(@Nullable AlgorithmParameterSpec parameters)
        throws InvalidAlgorithmParameterException {
      if (parameters != null) {
        throw new InvalidAlgorithmParameterException("there are no parameters");
      }
    }

    @Override
    byte[] derive(byte[] z, int bytes) {
      return Arrays.copyOf(z, bytes);
    }

    /** None: a piece of a coordinate is no key. */
    @Override
    protected SecretKey engineGenerateSecret(String algorithm) throws NoSuchAlgorithmException {
      throw new NoSuchAlgorithmException("derive the key for " + algorithm + " from the secret");
    }
  }

  /** dhSinglePass-stdDH-sha256kdf-scheme: the X9.63 KDF over ECC-CMS-SharedInfo (RFC 5753). */
  static final class ForCms extends KeystoreAgreement {
    private static final Map<String, Integer> WRAPS =
        Map.of(
            NISTObjectIdentifiers.id_aes128_wrap.getId(), 16,
            NISTObjectIdentifiers.id_aes192_wrap.getId(), 24,
            NISTObjectIdentifiers.id_aes256_wrap.getId(), 32);

    private byte[] sharedInfo = {};

    @Override
    void accept(@Nullable AlgorithmParameterSpec parameters)
        throws InvalidAlgorithmParameterException {
      if (!(parameters instanceof UserKeyingMaterialSpec material)) {
        throw new InvalidAlgorithmParameterException("needs ECC-CMS-SharedInfo");
      }
      sharedInfo = material.getUserKeyingMaterial();
    }

    /** A key for {@code algorithm}: the object identifier of an AES key wrap. */
    @Override
    protected SecretKey engineGenerateSecret(String algorithm) throws NoSuchAlgorithmException {
      Integer bytes = WRAPS.get(algorithm);
      if (bytes == null) {
        throw new NoSuchAlgorithmException("no key for " + algorithm);
      }
      byte[] key = agree(bytes);
      try {
        return new SecretKeySpec(key, "AES");
      } finally {
        Arrays.fill(key, (byte) 0);
      }
    }

    @Override
    byte[] derive(byte[] z, int bytes) {
      KDF2BytesGenerator kdf = new KDF2BytesGenerator(new SHA256Digest());
      kdf.init(new KDFParameters(z, sharedInfo));
      byte[] key = new byte[bytes];
      kdf.generateBytes(key, 0, bytes);
      return key;
    }
  }
}
