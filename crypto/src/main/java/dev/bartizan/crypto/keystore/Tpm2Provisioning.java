// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.Hierarchy;
import dev.bartizan.crypto.tpm.KeyBlob;
import dev.bartizan.crypto.tpm.KeyCommands;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.util.Optional;

/** Makes a device's keys in its TPM, once. */
final class Tpm2Provisioning {
  private final TpmAccess access;
  private final Tpm2Binding binding;
  private final PcrApprovals approvals;

  Tpm2Provisioning(TpmAccess access, Tpm2Binding binding, PcrApprovals approvals) {
    this.access = access;
    this.binding = binding;
    this.approvals = approvals;
  }

  Tpm2Keys makeKeys() throws IOException, TpmRefusal, KeystoreRefusal {
    try (Tpm tpm = access.open()) {
      TpmPublic endorsement = new Tpm2Naming(tpm).endorsement(binding.endorsement());
      try (TpmObject root = storageRoot(tpm);
          TpmSession session = tpm.startSession(root)) {
        for (PcrBank bank : binding.pcrs().banks()) {
          BootState.requireMeasured(tpm, bank.hash());
        }
        PcrValues now = tpm.pcrs().read(binding.pcrs());
        UnwrapPolicy boot = new UnwrapPolicy(now, binding.authority(), 0);
        UnwrapPolicy policy = boot.until(epochNow(tpm, root, boot, session));
        KeyCommands keys = tpm.keys();
        KeyBlob attestation = keys.create(root, binding.attestation().template(), session);
        KeyBlob identity = keys.create(root, KeyTemplates.signingKey(), session);
        KeyBlob unwrap = keys.create(root, KeyTemplates.agreementKey(policy.digest()), session);
        beginAnchor(tpm, root, policy, session);
        return new Tpm2Keys(root.publicArea(), endorsement, attestation, identity, unwrap, policy);
      }
    }
  }

  /**
   * What the epoch counter stands at. One that another boot state guards, or nothing, is made anew:
   * it begins above all values that any counter of the chip had, so what it ended stays ended.
   */
  private long epochNow(Tpm tpm, TpmObject root, UnwrapPolicy policy, TpmSession session)
      throws IOException, KeystoreRefusal, TpmRefusal {
    NvIndex wanted = policy.epoch();
    Optional<NvIndex> found = tpm.nv().find(wanted.index());
    if (found.isPresent() && !found.get().isCounter()) {
      throw occupied(wanted.index());
    }
    if (!found.equals(Optional.of(wanted))) {
      if (found.isPresent()) {
        tpm.nv().undefine(found.get(), session);
      }
      NvIndex fresh = NvIndex.guardedCounter(wanted.index(), policy.boot());
      tpm.nv().define(fresh, session);
      try (PolicySession raising = tpm.startPolicy(root)) {
        policy.fulfilBoot(raising, tpm, approvals);
        tpm.nv().increment(fresh, raising);
      }
    }
    return policy.counter(tpm, session);
  }

  /**
   * An anchor for these keys, with nothing anchored. That of earlier keys goes: whoever makes keys
   * anew begins a new life. It is written at once: later, one that is not written is a false one.
   */
  private void beginAnchor(Tpm tpm, TpmObject root, UnwrapPolicy policy, TpmSession session)
      throws IOException, KeystoreRefusal, TpmRefusal {
    NvIndex anchor = Tpm2Anchor.index(policy.boot());
    Optional<NvIndex> earlier = tpm.nv().find(anchor.index());
    if (earlier.isPresent()) {
      tpm.nv().undefine(earlier.get(), session);
    }
    tpm.nv().define(anchor, session);
    StandingPcrs.during(
        () -> {
          try (PolicySession writing = tpm.startPolicy(root)) {
            policy.fulfilBoot(writing, tpm, approvals);
            tpm.nv().write(anchor, Tpm2Anchor.frame(Bytes.empty()), writing);
            return anchor;
          }
        });
  }

  private static KeystoreRefusal occupied(int index) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.ANCHOR_MISSING,
        "NV index 0x" + Integer.toHexString(index) + " is somebody else's");
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
