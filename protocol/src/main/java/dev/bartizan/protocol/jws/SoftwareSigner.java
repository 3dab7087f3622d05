// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/** Signs with a private key in memory: the operator's side. */
public final class SoftwareSigner implements StatementSigner {
  private final StatementKey key;
  private final PrivateKey secret;

  /** The pair must belong together; {@code kid} is the public key's thumbprint. */
  public SoftwareSigner(PublicKey key, PrivateKey secret) {
    this.key = StatementKey.of(key);
    this.secret = secret;
  }

  @Override
  public StatementKey key() {
    return key;
  }

  @Override
  public byte[] sign(byte[] input) {
    try {
      Signature signature = Signature.getInstance(key.algorithm().jcaName());
      signature.initSign(secret);
      signature.update(input);
      return signature.sign();
    } catch (GeneralSecurityException broken) {
      throw new IllegalStateException("this key cannot sign: " + key.kid(), broken);
    }
  }
}
