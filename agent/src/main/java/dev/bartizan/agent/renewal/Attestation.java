// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.renewal;

import dev.bartizan.crypto.Refusal;
import java.io.IOException;

/** Has this device's evidence appraised by the fleet's verifier, which keeps what it found. */
@FunctionalInterface
public interface Attestation {
  /**
   * Returns when the verifier has an opinion of now, whatever it is.
   *
   * @throws IOException when it cannot be reached, or the chip cannot quote
   * @throws Refusal when it takes no evidence from this device
   */
  void attest() throws IOException, Refusal;
}
