// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.keystore.KeystoreRefusal.Reason;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.crypto.tpm.EndorsementKeys;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import java.io.IOException;
import java.util.Optional;

/** Finds the endorsement key that a device is to be named after. */
final class Tpm2Naming {
  private final Tpm tpm;
  private final EndorsementKeys keys;

  Tpm2Naming(Tpm tpm) {
    this.tpm = tpm;
    this.keys = new EndorsementKeys(tpm);
  }

  /**
   * The key that was chosen. Without a choice a chip that carries no certificate is named after its
   * preferred key: whether it may come is for the operator to say.
   *
   * @throws KeystoreRefusal {@code NO_ENDORSEMENT_CERTIFICATE} when what was chosen is not there
   */
  TpmPublic endorsement(EndorsementChoice choice) throws IOException, KeystoreRefusal, TpmRefusal {
    if (choice.given().isPresent()) {
      return given(choice.given().get(), choice.kind());
    }
    if (choice.kind().isPresent()) {
      EndorsementKind kind = choice.kind().get();
      return certified(kind).orElseThrow(() -> noCertificate(kind));
    }
    for (EndorsementKind kind : EndorsementKind.values()) {
      Optional<TpmPublic> found = certified(kind);
      if (found.isPresent()) {
        return found.get();
      }
    }
    return keys.standard(EndorsementKind.ECC_P256);
  }

  private TpmPublic given(EndorsementCredential credential, Optional<EndorsementKind> wanted)
      throws IOException, KeystoreRefusal, TpmRefusal {
    EndorsementKind kind =
        credential
            .kind()
            .orElseThrow(
                () -> refusal("the certificate is of no kind of key a chip is taken in by"));
    if (wanted.isPresent() && wanted.get() != kind) {
      throw refusal(
          "the certificate is about a " + kind.text() + " key, not a " + wanted.get().text());
    }
    return keys.find(kind, credential)
        .orElseThrow(
            () -> refusal("the certificate is not about this chip's " + kind.text() + " key"));
  }

  /** A chip's own certificate for another key is for the server to refuse. */
  private Optional<TpmPublic> certified(EndorsementKind kind) throws IOException, TpmRefusal {
    Optional<EndorsementCredential> credential = EndorsementCredential.find(tpm, kind);
    if (credential.isEmpty()) {
      return Optional.empty();
    }
    Optional<TpmPublic> key = keys.find(kind, credential.get());
    return key.isPresent() ? key : Optional.of(keys.standard(kind));
  }

  private static KeystoreRefusal noCertificate(EndorsementKind kind) {
    return refusal("this chip carries no certificate for its " + kind.text() + " key");
  }

  private static KeystoreRefusal refusal(String message) {
    return new KeystoreRefusal(Reason.NO_ENDORSEMENT_CERTIFICATE, message);
  }
}
