// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.tpm.KeyCommands;
import dev.bartizan.crypto.tpm.KeyTemplates;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.security.PublicKey;
import java.util.Optional;

/**
 * Gives a device an identity key and an unwrap key of the next epoch: what was wrapped to the one
 * before opens until {@link Tpm2Keystore#endEarlierEpochs}, and never again. Its attestation key
 * stays, by which others know that it is still the same device.
 *
 * <p>Two blobs for as long as that takes, each of them whole: the keys in use, and those that
 * follow. Which one is in use the certificates decide that the device holds, so a power cut at any
 * place leaves it with keys and certificates that belong together.
 */
public final class Tpm2Renewal {
  private static final String NEXT = Tpm2Keystore.BLOB + "-next";

  private final TpmAccess access;
  private final BlobStore blobs;
  private final PcrApprovals approvals;

  public Tpm2Renewal(TpmAccess access, BlobStore blobs, PcrApprovals approvals) {
    this.access = access;
    this.blobs = blobs;
    this.approvals = approvals;
  }

  /**
   * The keystore as it will be, for its certificates to be asked for. The keys in use stay in use.
   *
   * @throws KeystoreRefusal {@code NO_KEYS}, or {@code EPOCH_OVER} when the present key is dead
   *     already: such a device has to be enrolled like a new one
   */
  public Tpm2Keystore prepare() throws IOException, KeystoreRefusal {
    Tpm2Keys present = find(Tpm2Keystore.BLOB).orElseThrow(Tpm2Keystore::noKeys);
    Optional<Tpm2Keys> earlier = find(NEXT).filter(next -> follows(present, next));
    if (earlier.isPresent()) {
      return Tpm2Keystore.of(access, earlier.get(), approvals);
    }
    Tpm2Keys next = new Tpm2Chip(access, present).visit(Tpm2Renewal::makeNext);
    blobs.put(NEXT, Tpm2KeysText.write(next));
    return Tpm2Keystore.of(access, next, approvals);
  }

  /**
   * Goes over to the prepared keys if that is what the device's certificate is for. To be called
   * before keys are opened: a power cut may have come in between.
   *
   * @param certified the key in the unwrap certificate
   */
  public void complete(PublicKey certified) throws IOException, KeystoreRefusal {
    Optional<Tpm2Keys> next = find(NEXT);
    if (next.isPresent() && Tpm2Keystore.isUnwrapKey(next.get(), certified)) {
      Bytes blob = Tpm2KeysText.write(next.get());
      if (!blobs.find(Tpm2Keystore.BLOB).equals(Optional.of(blob))) {
        blobs.put(Tpm2Keystore.BLOB, blob);
      }
    }
  }

  /** Whether it was prepared for these keys, and not for some that they have replaced. */
  private static boolean follows(Tpm2Keys present, Tpm2Keys next) {
    return next.storageRoot().equals(present.storageRoot())
        && next.endorsement().equals(present.endorsement())
        && next.attestation().equals(present.attestation())
        && next.unwrapPolicy().equals(present.unwrapPolicy().next());
  }

  private static Tpm2Keys makeNext(Tpm2Chip.Visit visit)
      throws IOException, KeystoreRefusal, TpmRefusal {
    Tpm2Keys present = visit.keys();
    UnwrapPolicy policy = present.unwrapPolicy().next();
    try (TpmSession session = visit.session()) {
      present.unwrapPolicy().requireAlive(visit.tpm(), session);
      KeyCommands keys = visit.tpm().keys();
      return new Tpm2Keys(
          present.storageRoot(),
          present.endorsement(),
          present.attestation(),
          keys.create(visit.root(), KeyTemplates.signingKey(), session),
          keys.create(visit.root(), KeyTemplates.agreementKey(policy.digest()), session),
          policy);
    }
  }

  private Optional<Tpm2Keys> find(String name) throws IOException, KeystoreRefusal {
    Optional<Bytes> stored = blobs.find(name);
    return stored.isEmpty() ? Optional.empty() : Optional.of(Tpm2KeysText.read(stored.get()));
  }
}
