// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import java.security.PrivateKey;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;

/** The private halves of a {@link HybridPublicKey}. */
public final class HybridPrivateKey implements PrivateKey {
  private static final long serialVersionUID = 1L;

  private final PrivateKey classical;
  private final transient MLDSAPrivateKeyParameters mlDsa;

  public HybridPrivateKey(PrivateKey classical, MLDSAPrivateKeyParameters mlDsa) {
    this.classical = classical;
    this.mlDsa = mlDsa;
  }

  public PrivateKey classical() {
    return classical;
  }

  public MLDSAPrivateKeyParameters mlDsa() {
    return mlDsa;
  }

  @Override
  public String getAlgorithm() {
    return "hybrid";
  }

  @Override
  public String getFormat() {
    return "none";
  }

  @Override
  public byte[] getEncoded() {
    throw new IllegalStateException("a hybrid key has no encoding: encode its parts");
  }

  @Override
  public String toString() {
    return "hybrid private key";
  }
}
