// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.util.Optional;

/** The one chip the keys were made in: every visit first makes sure that it still is. */
final class Tpm2Chip {
  private final TpmAccess access;
  private final Tpm2Keys keys;

  Tpm2Chip(TpmAccess access, Tpm2Keys keys) {
    this.access = access;
    this.keys = keys;
  }

  /**
   * Opens a conversation, recognises the chip, does {@code work}, leaves nothing behind. One
   * visitor at a time: a TPM without resource manager would have the second one wait anyway.
   */
  synchronized <T> T visit(Work<T> work) throws IOException, KeystoreRefusal {
    try (Tpm tpm = access.open();
        TpmObject root = recognise(tpm)) {
      return work.in(new Visit(tpm, root, keys));
    } catch (TpmRefusal refusal) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BLOB_CHANGED, "the stored keys are unusable", refusal);
    }
  }

  /** The pinned storage root key: where it usually is, else grown again from the owner's seed. */
  private TpmObject recognise(Tpm tpm) throws IOException, KeystoreRefusal {
    Optional<TpmObject> present =
        tpm.keys().findPersistent(KeyTemplates.STORAGE_ROOT_HANDLE).filter(this::isPinned);
    if (present.isPresent()) {
      return present.get();
    }
    TpmObject grown = tpm.keys().createPrimary(Hierarchy.OWNER, KeyTemplates.storageRoot());
    if (!isPinned(grown)) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.TPM_REPLACED,
          "another TPM, or cleared: storage root key expected "
              + keys.storageRoot().name()
              + ", found "
              + grown.name());
    }
    return grown;
  }

  private boolean isPinned(TpmObject key) {
    return key.name().equals(keys.storageRoot().name());
  }

  /** Something to be done in the chip. */
  @FunctionalInterface
  interface Work<T> {
    T in(Visit visit) throws IOException, KeystoreRefusal, TpmRefusal;
  }

  /** A conversation with the recognised chip. */
  record Visit(Tpm tpm, TpmObject root, Tpm2Keys keys) {
    TpmSession session() throws IOException, TpmRefusal {
      return tpm.startSession(root);
    }

    /** Loads one of our keys; its parent is the pinned root, so only its blob can be wrong. */
    TpmObject load(KeyPurpose purpose, TpmSession session) throws IOException, KeystoreRefusal {
      try {
        return tpm.keys().load(root, keys.key(purpose), session);
      } catch (TpmException failed) {
        if (failed.failure() != TpmFailure.NOT_OURS) {
          throw failed;
        }
        throw new KeystoreRefusal(
            KeystoreRefusal.Reason.BLOB_CHANGED,
            "the stored " + purpose.text() + " key was changed",
            failed);
      }
    }
  }
}
