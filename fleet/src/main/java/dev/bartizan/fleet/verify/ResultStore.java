// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.verify;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.keystore.Ueid;
import dev.bartizan.protocol.evidence.Nonce;
import dev.bartizan.protocol.result.AttestationResult;
import java.io.IOException;
import java.util.Optional;

/** The latest attestation result of each device, for whoever relies on it. */
public interface ResultStore {
  /** Keeps {@code result} durably, unless a newer one of its device is kept already. */
  void keep(AttestationResult result) throws IOException, Refusal;

  /**
   * The latest result about this device. How old it is, and whether it still counts, is the
   * caller's question.
   *
   * @throws Refusal when what is kept is not what this verifier wrote
   */
  Optional<AttestationResult> latest(Ueid device) throws IOException, Refusal;

  /** The result of one nonce, as long as it is kept. What this verifier did not write is none. */
  Optional<AttestationResult> find(Ueid device, Nonce nonce) throws IOException, Refusal;
}
