// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.tuf;

import dev.bartizan.crypto.Bytes;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.util.HexFormat;
import org.bouncycastle.crypto.params.MLDSAParameters;
import org.bouncycastle.crypto.params.MLDSAPublicKeyParameters;

/**
 * A classical public key and an ML-DSA-65 one (FIPS 204) that count as one signer: each has to have
 * signed, so that whoever breaks only one of the two has nothing.
 *
 * @param classical Ed25519 or ECDSA P-256
 * @param mlDsa the raw public key, 1952 bytes
 */
public record HybridPublicKey(PublicKey classical, Bytes mlDsa) implements PublicKey {
  private static final long serialVersionUID = 1L;
  private static final String ALGORITHM = "hybrid";
  private static final char SEPARATOR = ':';
  private static final int MLDSA_KEY_BYTES = 1952;

  public HybridPublicKey {
    if (mlDsa.length() != MLDSA_KEY_BYTES) {
      throw new IllegalArgumentException("an ML-DSA-65 key has 1952 bytes, not " + mlDsa.length());
    }
  }

  /** Reads what {@link #encode} wrote. */
  static HybridPublicKey decode(SignatureScheme classical, String text)
      throws GeneralSecurityException {
    int separator = text.lastIndexOf(SEPARATOR);
    if (separator < 0) {
      throw new GeneralSecurityException("a hybrid key has two parts with a colon between them");
    }
    PublicKey first = classical.decode(text.substring(0, separator));
    try {
      return new HybridPublicKey(
          first, Bytes.of(HexFormat.of().parseHex(text, separator + 1, text.length())));
    } catch (IllegalArgumentException unsound) {
      throw new GeneralSecurityException(unsound.getMessage(), unsound);
    }
  }

  /** The classical key as it would stand alone, a colon, the ML-DSA key in hexadecimal. */
  String encode(SignatureScheme scheme) {
    return scheme.encode(classical) + SEPARATOR + mlDsa.hex();
  }

  MLDSAPublicKeyParameters parameters() {
    return new MLDSAPublicKeyParameters(MLDSAParameters.ml_dsa_65, mlDsa.toArray());
  }

  @Override
  public String getAlgorithm() {
    return ALGORITHM;
  }

  /** No standard says how two keys are one SubjectPublicKeyInfo. */
  @Override
  public String getFormat() {
    return "none";
  }

  @Override
  public byte[] getEncoded() {
    throw new IllegalStateException("a hybrid key has no encoding: encode its parts");
  }
}
