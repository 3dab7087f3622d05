// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import java.io.IOException;
import java.security.SecureRandom;

/**
 * All it takes to talk to the device's TPM, as its owner wires it up once.
 *
 * @param random for nonces, salts and ephemeral keys
 * @param pause between two tries while the TPM is busy
 */
public record TpmAccess(TpmAddress address, SecureRandom random, Pause pause) {
  /**
   * Begins a conversation.
   *
   * @throws IOException when there is no TPM at the address, or no right to use it
   */
  public Tpm open() throws IOException {
    return Tpm.open(address, random, pause);
  }
}
