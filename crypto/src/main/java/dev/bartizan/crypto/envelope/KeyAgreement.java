// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretBytes;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;

/** The one thing a keystore does for an envelope; the private key stays where it is. */
@FunctionalInterface
public interface KeyAgreement {
  /**
   * The shared secret of the device's unwrap key and {@code ephemeral}: the x coordinate, 32 bytes
   * (ECDH, P-256).
   *
   * @throws Refusal when the key's policy does not allow it now
   * @throws IOException when the keystore cannot be reached
   */
  SecretBytes agree(ECPublicKey ephemeral) throws Refusal, IOException;
}
