// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.jca;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.keystore.KeyPurpose;
import java.io.ByteArrayOutputStream;
import java.security.InvalidKeyException;
import java.security.InvalidParameterException;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.SignatureSpi;
import org.jspecify.annotations.Nullable;

/** ECDSA with a {@link KeystorePrivateKey}: digests here, signs there. Signs only. */
abstract sealed class KeystoreSignature extends SignatureSpi {
  private @Nullable KeystorePrivateKey key;

  /** Forgets what was taken in so far. */
  abstract void reset();

  /** The digest to be signed; what was taken in is forgotten. */
  abstract Digest digest() throws SignatureException;

  @Override
  protected void engineInitSign(PrivateKey privateKey) throws InvalidKeyException {
    if (!(privateKey instanceof KeystorePrivateKey ours) || ours.purpose() != KeyPurpose.IDENTITY) {
      throw new InvalidKeyException("signs with the identity key of a keystore only");
    }
    key = ours;
    reset();
  }

  @Override
  protected void engineInitVerify(PublicKey publicKey) throws InvalidKeyException {
    throw new InvalidKeyException("does not verify: any other provider can");
  }

  @Override
  protected byte[] engineSign() throws SignatureException {
    if (key == null) {
      throw new SignatureException("not initialized");
    }
    return key.sign(digest()).toArray();
  }

  @Override
  protected boolean engineVerify(byte[] signature) throws SignatureException {
    throw new SignatureException("does not verify");
  }

  @Deprecated
  @Override
  protected void engineSetParameter(String name, Object value) {
    throw new InvalidParameterException("there are no parameters");
  }

  @Deprecated
  @Override
  protected Object engineGetParameter(String name) {
    throw new InvalidParameterException("there are no parameters");
  }

  /** {@code SHA256withECDSA}. */
  static final class OfMessage extends KeystoreSignature {
    private final MessageDigest sha256 = Digest.sha256();

    @Override
    protected void engineUpdate(byte next) {
      sha256.update(next);
    }

    @Override
    protected void engineUpdate(byte[] content, int offset, int length) {
      sha256.update(content, offset, length);
    }

    @Override
    void reset() {
      sha256.reset();
    }

    @Override
    Digest digest() {
      return Digest.ofValue(sha256.digest());
    }
  }

  /** {@code NONEwithECDSA}, of a SHA-256 digest. */
  static final class OfDigest extends KeystoreSignature {
    private final ByteArrayOutputStream taken = new ByteArrayOutputStream();

    @Override
    protected void engineUpdate(byte next) {
      taken.write(next);
    }

    @Override
    protected void engineUpdate(byte[] content, int offset, int length) throws SignatureException {
      if (length > Digest.LENGTH - taken.size()) {
        throw notADigest();
      }
      taken.write(content, offset, length);
    }

    @Override
    void reset() {
      taken.reset();
    }

    @Override
    Digest digest() throws SignatureException {
      byte[] digest = taken.toByteArray();
      taken.reset();
      if (digest.length != Digest.LENGTH) {
        throw notADigest();
      }
      return Digest.ofValue(digest);
    }

    private static SignatureException notADigest() {
      return new SignatureException("only SHA-256 digests can be signed");
    }
  }
}
