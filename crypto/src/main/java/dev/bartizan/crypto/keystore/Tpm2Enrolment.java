// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.EndorsementCredential;
import dev.bartizan.crypto.tpm.EndorsementKeys;
import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.SignedStatement;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What the keys show of themselves, once, to the enrolment server. */
final class Tpm2Enrolment {
  /** How a TPM answers, by the step at which it notices. */
  private static final Set<TpmFailure> MADE_FOR_ANOTHER =
      Set.of(TpmFailure.NOT_OURS, TpmFailure.VALUE, TpmFailure.WRONG_POINT, TpmFailure.WRONG_SIZE);

  private final Tpm2Chip chip;

  Tpm2Enrolment(Tpm2Chip chip) {
    this.chip = chip;
  }

  EnrolmentClaims claims(Bytes nonce) throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          try (TpmSession session = visit.session();
              TpmObject attestation = visit.load(KeyPurpose.ATTESTATION, session)) {
            Tpm2Keys keys = visit.keys();
            Optional<EndorsementCredential> maker =
                EndorsementCredential.find(visit.tpm(), kindOf(keys));
            return new EnrolmentClaims(
                maker.map(EndorsementCredential::certificate),
                maker.map(EndorsementCredential::chain).orElse(List.of()),
                keys.endorsement().encode(),
                keys.attestation().publicArea().encode(),
                visit.tpm().model(),
                certify(visit, KeyPurpose.IDENTITY, attestation, nonce, session),
                certify(visit, KeyPurpose.UNWRAP, attestation, nonce, session));
          }
        });
  }

  SecretBytes activate(Credential credential) throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          // The storage root key, this one and the next are all a TPM has room for.
          try (TpmObject endorsement = endorsement(visit);
              TpmSession session = visit.session();
              TpmObject attestation = visit.load(KeyPurpose.ATTESTATION, session)) {
            if (kindOf(visit.keys()).hasPassword()) {
              return activate(visit.tpm(), attestation, endorsement, credential, session);
            }
            try (PolicySession policy = visit.tpm().startPolicy(visit.root())) {
              policy.secret(Hierarchy.ENDORSEMENT);
              return activate(visit.tpm(), attestation, endorsement, credential, policy);
            }
          }
        });
  }

  private static CertifiedKey certify(
      Tpm2Chip.Visit visit,
      KeyPurpose purpose,
      TpmObject attestation,
      Bytes nonce,
      TpmSession session)
      throws IOException, KeystoreRefusal {
    try (TpmObject key = visit.load(purpose, session)) {
      SignedStatement certified =
          visit.tpm().attestation().certify(key, attestation, nonce, session);
      return new CertifiedKey(
          key.publicArea().encode(), certified.attest(), certified.signature().encode());
    }
  }

  /** Grown again: the chip must still have the seed of the key the device is named after. */
  private static TpmObject endorsement(Tpm2Chip.Visit visit)
      throws IOException, KeystoreRefusal, TpmRefusal {
    return new EndorsementKeys(visit.tpm())
        .again(kindOf(visit.keys()), visit.keys().endorsement())
        .orElseThrow(
            () ->
                new KeystoreRefusal(
                    KeystoreRefusal.Reason.TPM_REPLACED, "the chip has another endorsement key"));
  }

  private static SecretBytes activate(
      Tpm tpm,
      TpmObject attestation,
      TpmObject endorsement,
      Credential credential,
      TpmSession opening)
      throws IOException, KeystoreRefusal {
    try {
      return tpm.attestation().activate(attestation, endorsement, credential, opening);
    } catch (TpmException failed) {
      if (!MADE_FOR_ANOTHER.contains(failed.failure())) {
        throw failed;
      }
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.CREDENTIAL_REJECTED,
          "the challenge was not made for this chip and its attestation key",
          failed);
    }
  }

  private static EndorsementKind kindOf(Tpm2Keys keys) throws KeystoreRefusal {
    return EndorsementKind.find(keys.endorsement())
        .orElseThrow(
            () ->
                new KeystoreRefusal(
                    KeystoreRefusal.Reason.BLOB_CHANGED, "the stored endorsement key is none"));
  }
}
