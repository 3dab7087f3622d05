// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.tpm;

import dev.bartizan.crypto.Bytes;

/**
 * A secret that one TPM can open while one key is loaded: the two arguments of
 * TPM2_ActivateCredential, each without its outer length.
 *
 * @param blob TPMS_ID_OBJECT: integrity value and encrypted secret
 * @param encryptedSeed TPMU_ENCRYPTED_SECRET: the seed of the blob's keys, for the endorsement key
 */
public record Credential(Bytes blob, Bytes encryptedSeed) {
  /** An RSA-4096 endorsement key gives the longest seed. */
  static final int LIMIT = 512;

  public Credential {
    if (blob.length() > LIMIT || encryptedSeed.length() > LIMIT) {
      throw new IllegalArgumentException("a credential of more than " + LIMIT + " bytes");
    }
  }
}
