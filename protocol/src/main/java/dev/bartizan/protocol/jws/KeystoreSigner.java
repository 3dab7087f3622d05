// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.impl.ECDSA;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import java.io.IOException;

/** Signs with the device's identity key, which stays where it is. */
public final class KeystoreSigner implements StatementSigner {
  private final DeviceKeystore keystore;
  private final StatementKey key;

  public KeystoreSigner(DeviceKeystore keystore) {
    this.keystore = keystore;
    this.key = StatementKey.of(keystore.publicKey(KeyPurpose.IDENTITY));
  }

  @Override
  public StatementKey key() {
    return key;
  }

  @Override
  public byte[] sign(byte[] input) throws IOException, Refusal {
    Bytes der = keystore.signDigest(Digest.of(input));
    try {
      return ECDSA.transcodeSignatureToConcat(der.toArray(), JwsAlgorithm.SIGNATURE_LENGTH);
    } catch (JOSEException notDer) {
      throw new IllegalStateException("the keystore's signature is not DER", notDer);
    }
  }
}
