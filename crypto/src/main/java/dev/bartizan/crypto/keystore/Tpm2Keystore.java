// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.EccParameters;
import dev.bartizan.crypto.tpm.EcdsaSignature;
import dev.bartizan.crypto.tpm.NvIndex;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.PolicySession;
import dev.bartizan.crypto.tpm.TpmAccess;
import dev.bartizan.crypto.tpm.TpmException;
import dev.bartizan.crypto.tpm.TpmFailure;
import dev.bartizan.crypto.tpm.TpmHash;
import dev.bartizan.crypto.tpm.TpmIdentity;
import dev.bartizan.crypto.tpm.TpmObject;
import dev.bartizan.crypto.tpm.TpmRefusal;
import dev.bartizan.crypto.tpm.TpmSession;
import java.io.IOException;
import java.security.PublicKey;
import java.security.interfaces.ECPublicKey;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The keys in a TPM 2.0, below its storage root key; on disk only what no other chip can load. */
public final class Tpm2Keystore implements DeviceKeystore {
  /** The one blob this keystore stores. */
  public static final String BLOB = "tpm2-keystore";

  private final Tpm2Chip chip;
  private final Tpm2Keys keys;
  private final Tpm2Enrolment enrolment;
  private final PcrApprovals approvals;
  private final Protection protection;
  private final Map<KeyPurpose, ECPublicKey> publicKeys;

  private Tpm2Keystore(
      Tpm2Chip chip,
      Tpm2Keys keys,
      PcrApprovals approvals,
      Protection protection,
      Map<KeyPurpose, ECPublicKey> publicKeys) {
    this.chip = chip;
    this.keys = keys;
    this.enrolment = new Tpm2Enrolment(chip);
    this.approvals = approvals;
    this.protection = protection;
    this.publicKeys = publicKeys;
  }

  /**
   * Makes the device's keys and stores what has to be kept.
   *
   * @param binding the PCRs that must hold, whenever the unwrap key is used, what they hold now
   * @throws KeystoreRefusal {@code KEYS_EXIST}
   * @throws IOException when the TPM cannot be used; nothing was stored then
   */
  public static Tpm2Keystore create(TpmAccess access, BlobStore blobs, PcrSelection binding)
      throws IOException, KeystoreRefusal {
    return create(access, blobs, Tpm2Binding.to(binding), PcrApprovals.NONE);
  }

  /**
   * The same, with an authority that approves boot states by signature.
   *
   * @param approvals must hold one of the present boot state
   * @throws KeystoreRefusal also {@code PCR_MISMATCH} when they do not
   */
  public static Tpm2Keystore create(
      TpmAccess access, BlobStore blobs, Tpm2Binding binding, PcrApprovals approvals)
      throws IOException, KeystoreRefusal {
    if (blobs.find(BLOB).isPresent()) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.KEYS_EXIST, "this device has keys already: " + BLOB);
    }
    try {
      blobs.put(
          BLOB, Tpm2KeysText.write(new Tpm2Provisioning(access, binding, approvals).makeKeys()));
    } catch (TpmRefusal unusable) {
      throw new IOException("this TPM made an unusable key", unusable);
    }
    return open(access, blobs, approvals);
  }

  /**
   * Opens the keys that {@link #create} made, after making sure that the chip is still the same.
   *
   * @throws KeystoreRefusal {@code NO_KEYS}, {@code BLOB_CHANGED} or {@code TPM_REPLACED}
   */
  public static Tpm2Keystore open(TpmAccess access, BlobStore blobs)
      throws IOException, KeystoreRefusal {
    return open(access, blobs, PcrApprovals.NONE);
  }

  /** The same for keys with an authority. */
  public static Tpm2Keystore open(TpmAccess access, BlobStore blobs, PcrApprovals approvals)
      throws IOException, KeystoreRefusal {
    Optional<Bytes> stored = blobs.find(BLOB);
    if (stored.isEmpty()) {
      throw noKeys();
    }
    return of(access, Tpm2KeysText.read(stored.get()), approvals);
  }

  static Tpm2Keystore of(TpmAccess access, Tpm2Keys keys, PcrApprovals approvals)
      throws IOException, KeystoreRefusal {
    Tpm2Chip chip = new Tpm2Chip(access, keys);
    TpmIdentity maker = chip.visit(visit -> visit.tpm().identity());
    Protection protection =
        new Protection(Protection.Kind.TPM2, maker.manufacturer(), maker.firmwareVersion());
    return new Tpm2Keystore(chip, keys, approvals, protection, publicKeys(keys));
  }

  @Override
  public Protection protection() {
    return protection;
  }

  @Override
  public Ueid ueid() {
    return Ueid.of(keys.endorsement().name());
  }

  @Override
  public ECPublicKey publicKey(KeyPurpose purpose) {
    ECPublicKey key = publicKeys.get(purpose);
    if (key == null) {
      throw new IllegalArgumentException("the " + purpose.text() + " key is not on a curve");
    }
    return key;
  }

  @Override
  public Bytes signDigest(Digest digest) throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          try (TpmSession session = visit.session();
              TpmObject key = visit.load(KeyPurpose.IDENTITY, session)) {
            // The key's template has no other scheme.
            return ((EcdsaSignature) visit.tpm().keys().sign(key, digest, session)).der();
          }
        });
  }

  @Override
  public SecretBytes agree(ECPublicKey ephemeral) throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          try (TpmSession session = visit.session();
              TpmObject key = visit.load(KeyPurpose.UNWRAP, session)) {
            return StandingPcrs.during(
                () -> {
                  try (PolicySession opened = visit.tpm().startPolicy(visit.root())) {
                    keys.unwrapPolicy().fulfil(opened, visit.tpm(), approvals);
                    return agree(visit, key, ephemeral, opened);
                  }
                });
          }
        });
  }

  private SecretBytes agree(
      Tpm2Chip.Visit visit, TpmObject key, ECPublicKey ephemeral, PolicySession opened)
      throws IOException, KeystoreRefusal {
    try {
      return visit.tpm().keys().agree(key, ephemeral, opened);
    } catch (TpmRefusal badPoint) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BAD_PEER_KEY, "the sender's key is not on P-256", badPoint);
    } catch (TpmException failed) {
      if (failed.failure() != TpmFailure.POLICY) {
        throw failed;
      }
      throw keys.unwrapPolicy().explain(visit.tpm());
    }
  }

  @Override
  public Quote quote(PcrSelection selection, Bytes qualifyingData)
      throws IOException, KeystoreRefusal {
    return chip.visit(
        visit -> {
          try (TpmSession session = visit.session();
              TpmObject key = visit.load(KeyPurpose.ATTESTATION, session)) {
            return new ConsistentQuote(visit.tpm(), key, session).take(selection, qualifyingData);
          }
        });
  }

  @Override
  public PcrValues readPcrs(PcrSelection selection) throws IOException, KeystoreRefusal {
    return chip.visit(visit -> visit.tpm().pcrs().read(selection));
  }

  @Override
  public Set<Integer> boundPcrs() throws IOException {
    return keys.unwrapPolicy().boundPcrs(approvals);
  }

  @Override
  public void measure(TpmHash bank, int pcr, Bytes measurement)
      throws IOException, KeystoreRefusal {
    chip.visit(
        visit -> {
          try (TpmSession session = visit.session()) {
            visit.tpm().pcrs().extend(bank, pcr, measurement, session);
            return pcr;
          }
        });
  }

  @Override
  public EnrolmentClaims enrolmentClaims(Bytes nonce) throws IOException, KeystoreRefusal {
    return enrolment.claims(nonce);
  }

  @Override
  public SecretBytes activate(Credential credential) throws IOException, KeystoreRefusal {
    return enrolment.activate(credential);
  }

  @Override
  public Optional<StateAnchor> anchor() {
    return Optional.of(new Tpm2Anchor(chip, approvals));
  }

  @Override
  public void endEarlierEpochs() throws IOException, KeystoreRefusal {
    UnwrapPolicy policy = keys.unwrapPolicy();
    chip.visit(
        visit -> {
          try (TpmSession session = visit.session()) {
            // One step: no more than one epoch is ever ahead, whatever a changed blob may say.
            if (Long.compareUnsigned(policy.counter(visit.tpm(), session), policy.limit()) < 0) {
              raiseEpoch(visit, policy);
            }
            return policy;
          }
        });
  }

  private void raiseEpoch(Tpm2Chip.Visit visit, UnwrapPolicy policy)
      throws IOException, KeystoreRefusal, TpmRefusal {
    try (PolicySession raising = visit.tpm().startPolicy(visit.root())) {
      policy.fulfilBoot(raising, visit.tpm(), approvals);
      visit.tpm().nv().increment(policy.epoch(), raising);
    } catch (TpmException failed) {
      if (failed.failure() != TpmFailure.POLICY && failed.failure() != TpmFailure.POLICY_PCR) {
        throw failed;
      }
      throw policy.explain(visit.tpm());
    }
  }

  /**
   * Takes both indices away. A counter that is made again begins above all that any counter of the
   * chip had, so the unwrap key, which asks for the one of before, is dead for good.
   */
  @Override
  public Set<KeyPurpose> retire() throws IOException, KeystoreRefusal {
    UnwrapPolicy policy = keys.unwrapPolicy();
    List<NvIndex> ours = List.of(policy.epoch(), Tpm2Anchor.index(policy.boot()).written());
    return chip.visit(
        visit -> {
          try (TpmSession session = visit.session()) {
            for (NvIndex index : ours) {
              // One of the same name that is not ours stays: it opens nothing.
              if (visit.tpm().nv().find(index.index()).equals(Optional.of(index))) {
                visit.tpm().nv().undefine(index, session);
              }
            }
            return Set.of(KeyPurpose.UNWRAP);
          }
        });
  }

  static KeystoreRefusal noKeys() {
    return new KeystoreRefusal(
        KeystoreRefusal.Reason.NO_KEYS, "this device has no keys yet: enrol it");
  }

  static boolean isUnwrapKey(Tpm2Keys keys, PublicKey key) throws KeystoreRefusal {
    return key.equals(publicKeys(keys).get(KeyPurpose.UNWRAP));
  }

  private static Map<KeyPurpose, ECPublicKey> publicKeys(Tpm2Keys keys) throws KeystoreRefusal {
    Map<KeyPurpose, ECPublicKey> publicKeys = new EnumMap<>(KeyPurpose.class);
    try {
      for (KeyPurpose purpose : KeyPurpose.values()) {
        if (keys.key(purpose).publicArea().parameters() instanceof EccParameters ecc) {
          publicKeys.put(purpose, ecc.toPublicKey());
        }
      }
    } catch (TpmRefusal notOnCurve) {
      throw new KeystoreRefusal(
          KeystoreRefusal.Reason.BLOB_CHANGED, "a stored public key is unusable", notOnCurve);
    }
    return publicKeys;
  }
}
