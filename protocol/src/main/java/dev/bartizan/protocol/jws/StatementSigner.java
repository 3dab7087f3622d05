// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.jws;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** Signs statements with one key, wherever that key lives. */
public interface StatementSigner {
  /** The public half. */
  StatementKey key();

  /**
   * Signs {@code input} with the key's own algorithm.
   *
   * @return 64 bytes: r and s of 32 bytes each for ECDSA, the RFC 8032 signature for Ed25519
   * @throws IOException when the key's home does not answer
   * @throws Refusal when the key's home says no
   */
  byte[] sign(byte[] input) throws IOException, Refusal;
}
