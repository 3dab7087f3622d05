// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.keys;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.updater.tuf.HybridPrivateKey;
import dev.bartizan.updater.tuf.HybridPublicKey;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import org.bouncycastle.crypto.AsymmetricCipherKeyPair;
import org.bouncycastle.crypto.generators.MLDSAKeyPairGenerator;
import org.bouncycastle.crypto.params.MLDSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPrivateKeyParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;

/** Makes a classical key pair hybrid by a new ML-DSA-65 one beside it. */
final class HybridPair {
  private HybridPair() {}

  static KeyPair around(KeyPair classical, SecureRandom random) {
    MLDSAKeyPairGenerator generator = new MLDSAKeyPairGenerator();
    generator.init(new MLDSAKeyGenerationParameters(random, MLDSAParameters.ml_dsa_65));
    AsymmetricCipherKeyPair mlDsa = generator.generateKeyPair();
    return new KeyPair(
        publicKey(classical.getPublic(), (MLDSAPublicKeyParameters) mlDsa.getPublic()),
        privateKey(classical.getPrivate(), (MLDSAPrivateKeyParameters) mlDsa.getPrivate()));
  }

  static PublicKey publicKey(PublicKey classical, MLDSAPublicKeyParameters mlDsa) {
    return new HybridPublicKey(classical, Bytes.of(mlDsa.getEncoded()));
  }

  static PrivateKey privateKey(PrivateKey classical, MLDSAPrivateKeyParameters mlDsa) {
    return new HybridPrivateKey(classical, mlDsa);
  }
}
