// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.TpmPublic;

/**
 * What the TPM back end keeps on disk: whole or not at all.
 *
 * @param storageRoot pinned when the keys were made; sessions are salted to it
 * @param endorsement the chip's own key, of which the device's name is made
 */
record Tpm2Keys(
    TpmPublic storageRoot,
    TpmPublic endorsement,
    KeyBlob attestation,
    KeyBlob identity,
    KeyBlob unwrap,
    UnwrapPolicy unwrapPolicy) {
  /** The same keys of a device that is named after another key of its chip. */
  Tpm2Keys namedAfter(TpmPublic other) {
    return new Tpm2Keys(storageRoot, other, attestation, identity, unwrap, unwrapPolicy);
  }

  KeyBlob key(KeyPurpose purpose) {
    return switch (purpose) {
      case ATTESTATION -> attestation;
      case IDENTITY -> identity;
      case UNWRAP -> unwrap;
    };
  }
}
