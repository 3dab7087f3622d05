// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.DeviceKeystore;
import dev.bartizan.crypto.keystore.KeyPurpose;
import java.io.IOException;
import java.math.BigInteger;
import org.bouncycastle.asn1.sec.SECNamedCurves;
import org.bouncycastle.crypto.signers.PlainDSAEncoding;
import org.bouncycastle.crypto.signers.StandardDSAEncoding;

/** Signs with the device's identity key, which stays where it is. */
public final class KeystoreSigner implements StatementSigner {
  private static final BigInteger ORDER = SECNamedCurves.getByName("secp256r1").getN();

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
      BigInteger[] parts = StandardDSAEncoding.INSTANCE.decode(ORDER, der.toArray());
      return PlainDSAEncoding.INSTANCE.encode(ORDER, parts[0], parts[1]);
    } catch (IOException | IllegalArgumentException notDer) {
      throw new IllegalStateException("the keystore's signature is not DER", notDer);
    }
  }
}
