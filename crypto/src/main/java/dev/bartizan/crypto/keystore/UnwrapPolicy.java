// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.tpm.EcdsaSignature;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrBank;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicyDigest;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.RsaSignature;
import dev.bartizan.crypto.tpm.Ticket;
import dev.bartizan.crypto.tpm.Tpm;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmPublic;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import dev.bartizan.crypto.tpm.TpmSignature;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What the unwrap key demands: a boot state, and that its epoch is not over.
 *
 * <p>The key itself carries {@link #digest}, and the TPM alone decides. What is kept here only says
 * how to fulfil it, and explains a refusal: changing it on disk opens nothing.
 *
 * @param expected what PCRs held when the key was made, and must always hold
 * @param authority approves, by signature, what other PCRs may hold
 * @param limit the key is dead once the epoch counter is above this
 */
record UnwrapPolicy(PcrValues expected, Optional<TpmPublic> authority, long limit) {
  /** Where the epoch is counted, in the owner's range. */
  static final int EPOCH_INDEX = 0x0180_ba10;

  PolicyDigest digest() {
    return boot().counterAtMost(epoch(), limit);
  }

  /**
   * Only ever goes up, and only in the boot state of the keys: whoever raises it ends keys for
   * good, and anybody may come near a TPM.
   */
  NvIndex epoch() {
    return NvIndex.guardedCounter(EPOCH_INDEX, boot()).written();
  }

  /** The same boot state in the epoch after this one. */
  UnwrapPolicy next() {
    return new UnwrapPolicy(expected, authority, limit + 1);
  }

  /** The same boot state until the epoch counter is above {@code last}. */
  UnwrapPolicy until(long last) {
    return new UnwrapPolicy(expected, authority, last);
  }

  /** Insists that the epoch is not over, as the counter tells anybody. */
  void requireAlive(Tpm tpm, TpmSession session) throws IOException, KeystoreRefusal {
    if (Long.compareUnsigned(counter(tpm, session), limit) > 0) {
      throw over(null);
    }
  }

  /** What the epoch counter stands at. */
  long counter(Tpm tpm, TpmSession session) throws IOException, KeystoreRefusal {
    try {
      return tpm.nv().read(epoch(), session).asBuffer().getLong();
    } catch (TpmException failed) {
      if (failed.failure() == TpmFailure.NO_SUCH_HANDLE) {
        throw missingCounter(failed);
      }
      throw failed;
    }
  }

  /** The boot state alone: what may write the anchor. */
  PolicyDigest boot() {
    PolicyDigest start =
        authority
            .map(key -> PolicyDigest.authorizedBy(key.name(), Bytes.empty()))
            .orElse(PolicyDigest.start());
    return expected.selection().size() == 0 ? start : start.pcrs(expected);
  }

  /** Every PCR that it may ask for, by value or by approval. */
  Set<Integer> boundPcrs(PcrApprovals approvals) throws IOException {
    Set<Integer> bound = new TreeSet<>();
    expected.selection().banks().forEach(bank -> bound.addAll(bank.pcrs()));
    if (authority.isPresent()) {
      for (PcrApproval approval : approvals.current()) {
        approval.pcrs().banks().forEach(bank -> bound.addAll(bank.pcrs()));
      }
    }
    return bound;
  }

  void fulfil(PolicySession session, Tpm tpm, PcrApprovals approvals)
      throws IOException, KeystoreRefusal, TpmRefusal {
    fulfilBoot(session, tpm, approvals);
    try {
      session.counterAtMost(epoch(), limit);
    } catch (TpmException failed) {
      if (failed.failure() == TpmFailure.POLICY) {
        throw over(failed);
      }
      if (failed.failure() == TpmFailure.NO_SUCH_HANDLE) {
        throw missingCounter(failed);
      }
      throw failed;
    }
  }

  void fulfilBoot(PolicySession session, Tpm tpm, PcrApprovals approvals)
      throws IOException, KeystoreRefusal, TpmRefusal {
    if (authority.isPresent()) {
      PcrApproval approval = approvalFor(tpm, authority.get(), approvals);
      Ticket proof = proof(tpm, authority.get(), approval);
      session.pcrs(approval.pcrs());
      session.authorized(approval.policy(), Bytes.empty(), authority.get().name(), proof);
    }
    if (expected.selection().size() > 0) {
      session.pcrs(expected.selection());
    }
  }

  /** After the TPM said no: which PCRs are to blame. */
  KeystoreRefusal explain(Tpm tpm) throws IOException {
    String differences = tpm.pcrs().read(expected.selection()).differencesFrom(expected);
    return differences.isEmpty()
        ? new KeystoreRefusal(
            KeystoreRefusal.Reason.BLOB_CHANGED, "the unwrap key has another policy than recorded")
        : new KeystoreRefusal(
            KeystoreRefusal.Reason.PCR_MISMATCH, "not the boot state of enrolment: " + differences);
  }

  private static KeystoreRefusal over(@Nullable TpmException cause) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.EPOCH_OVER, "the unwrap key is of an epoch that is over", cause);
  }

  static KeystoreRefusal missingCounter(TpmException failed) {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.ANCHOR_MISSING,
        "the epoch counter was taken out of the TPM: enrol the device anew",
        failed);
  }

  /** The approval of what the PCRs hold now. */
  static PcrApproval approvalFor(Tpm tpm, TpmPublic authority, PcrApprovals approvals)
      throws IOException, KeystoreRefusal, TpmRefusal {
    Digest fingerprint = Digest.of(authority.toPublicKey().getEncoded());
    List<PcrApproval> ours =
        approvals.current().stream()
            .filter(approval -> approval.keyFingerprint().equals(fingerprint))
            .toList();
    for (PcrApproval approval : ours) {
      if (approval.isOf(tpm.pcrs().read(approval.pcrs()))) {
        for (PcrBank bank : approval.pcrs().banks()) {
          BootState.requireMeasured(tpm, bank.hash());
        }
        return approval;
      }
    }
    throw new KeystoreRefusal(
        KeystoreRefusal.Reason.PCR_MISMATCH,
        "none of the " + ours.size() + " signed boot states is what this device booted");
  }

  private static Ticket proof(Tpm tpm, TpmPublic authority, PcrApproval approval)
      throws IOException, KeystoreRefusal, TpmRefusal {
    try {
      return tpm.keys()
          .verify(
              authority,
              PolicySession.approval(approval.policy(), Bytes.empty()),
              signature(authority, approval.signature()));
    } catch (TpmException failed) {
      if (failed.failure() != TpmFailure.BAD_SIGNATURE) {
        throw failed;
      }
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.PCR_MISMATCH,
          "the signature of the boot state is not the authority's",
          failed);
    }
  }

  private static TpmSignature signature(TpmPublic authority, Bytes signature) throws TpmRefusal {
    return authority.isRsa()
        ? new RsaSignature(TpmHash.SHA256, signature)
        : EcdsaSignature.ofDer(TpmHash.SHA256, signature);
  }
}
