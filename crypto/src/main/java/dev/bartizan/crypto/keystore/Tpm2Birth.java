package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.tpm.EndorsementKind;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.KeyCommands;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.util.Optional;

/** Makes a device's keys in its TPM, once. */
final class Tpm2Birth {
  private final TpmAccess access;
  private final PcrSelection binding;

  /**
   * @param binding the PCRs whose present values the unwrap key will demand
   */
  Tpm2Birth(TpmAccess access, PcrSelection binding) {
    this.access = access;
    this.binding = binding;
  }

  Tpm2Keys makeKeys() throws IOException, TpmRefusal {
    try (Tpm tpm = access.open()) {
      TpmPublic endorsement = endorsement(tpm);
      try (TpmObject root = storageRoot(tpm);
          TpmSession session = tpm.startSession(root)) {
        PcrPolicy policy = new PcrPolicy(tpm.pcrs().read(binding));
        KeyCommands keys = tpm.keys();
        KeyBlob attestation = keys.create(root, KeyTemplates.attestationKey(), session);
        KeyBlob identity = keys.create(root, KeyTemplates.signingKey(), session);
        KeyBlob unwrap = keys.create(root, KeyTemplates.agreementKey(policy.digest()), session);
        return new Tpm2Keys(root.publicArea(), endorsement, attestation, identity, unwrap, policy);
      }
    }
  }

  /** The first kind the chip's maker has certified; without any, the preferred kind. */
  private static TpmPublic endorsement(Tpm tpm) throws IOException {
    EndorsementKind certified = EndorsementKind.ECC_P256;
    for (EndorsementKind kind : EndorsementKind.values()) {
      if (kind.findCertificate(tpm).isPresent()) {
        certified = kind;
        break;
      }
    }
    try (TpmObject key = tpm.keys().createPrimary(Hierarchy.ENDORSEMENT, certified.template())) {
      return key.publicArea();
    }
  }

  /**
   * The storage root key at its usual handle, put there if the handle is free. If another key is
   * there, it is somebody else's: ours then grows anew for each conversation.
   */
  private static TpmObject storageRoot(Tpm tpm) throws IOException {
    TpmPublic template = KeyTemplates.storageRoot();
    Optional<TpmObject> present = tpm.keys().findPersistent(KeyTemplates.STORAGE_ROOT_HANDLE);
    if (present.isPresent() && present.get().publicArea().hasTemplateOf(template)) {
      return present.get();
    }
    TpmObject grown = tpm.keys().createPrimary(Hierarchy.OWNER, template);
    if (present.isEmpty()) {
      tpm.keys().persist(grown, KeyTemplates.STORAGE_ROOT_HANDLE);
    }
    return grown;
  }
}
