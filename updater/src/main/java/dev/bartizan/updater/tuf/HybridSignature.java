// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.nio.ByteBuffer;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.SignatureException;
import java.util.Arrays;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.params.ParametersWithRandom;
import org.bouncycastle.crypto.signers.MLDSASigner;
import org.jspecify.annotations.Nullable;

/**
 * Two signatures over the same message, the classical one and then ML-DSA-65 with an empty context
 * (FIPS 204, 5.2), and both must verify.
 */
final class HybridSignature extends Signature {
  /** FIPS 204, table 2. */
  static final int MLDSA_BYTES = 3309;

  private final Signature classical;
  private final MLDSASigner mlDsa = new MLDSASigner();

  HybridSignature(Signature classical) {
    super("hybrid");
    this.classical = classical;
  }

  /** The classical part of a signature, or an empty one where there is no room for both. */
  static byte[] classicalPart(byte[] signature) {
    return Arrays.copyOf(signature, Math.max(0, signature.length - MLDSA_BYTES));
  }

  @Override
  protected void engineInitVerify(PublicKey key) throws InvalidKeyException {
    if (!(key instanceof HybridPublicKey hybrid)) {
      throw new InvalidKeyException("not a hybrid key: " + key.getAlgorithm());
    }
    classical.initVerify(hybrid.classical());
    mlDsa.init(false, hybrid.parameters());
  }

  @Override
  protected void engineInitSign(PrivateKey key) throws InvalidKeyException {
    begin(key, null);
  }

  @Override
  protected void engineInitSign(PrivateKey key, SecureRandom random) throws InvalidKeyException {
    begin(key, random);
  }

  /** Without {@code random} each scheme takes the platform's. */
  private void begin(PrivateKey key, @Nullable SecureRandom random) throws InvalidKeyException {
    if (!(key instanceof HybridPrivateKey hybrid)) {
      throw new InvalidKeyException("not a hybrid key: " + key.getAlgorithm());
    }
    if (random == null) {
      classical.initSign(hybrid.classical());
      mlDsa.init(true, hybrid.mlDsa());
    } else {
      classical.initSign(hybrid.classical(), random);
      mlDsa.init(true, new ParametersWithRandom(hybrid.mlDsa(), random));
    }
  }

  @Override
  protected void engineUpdate(byte b) throws SignatureException {
    classical.update(b);
    mlDsa.update(b);
  }

  @Override
  protected void engineUpdate(byte[] content, int from, int length) throws SignatureException {
    classical.update(content, from, length);
    mlDsa.update(content, from, length);
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    byte[] first = classical.sign();
    try {
      byte[] second = mlDsa.generateSignature();
      return ByteBuffer.allocate(first.length + second.length).put(first).put(second).array();
    } catch (CryptoException impossible) {
      throw new SignatureException("ML-DSA-65", impossible);
    }
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    byte[] first = classicalPart(signature);
    byte[] second = Arrays.copyOfRange(signature, first.length, signature.length);
    // Both are asked whatever the first says: each resets only by being asked.
    boolean classicalHolds = classical.verify(first);
    return mlDsa.verifySignature(second) && classicalHolds;
  }

  @Override
  @Deprecated
  protected void engineSetParameter(String name, Object value) {
    throw new InvalidParameterException("a hybrid signature has no parameters");
  }

  @Override
  @Deprecated
  protected Object engineGetParameter(String name) {
    throw new InvalidParameterException("a hybrid signature has no parameters");
  }
}
