// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import dev.bartizan.crypto.tpm.TpmHash;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;
import java.util.Set;

/**
 * The device's keys: sign, unwrap, attest. All keys are on the curve P-256; none ever leaves.
 *
 * <p>Safe for use by several threads. Every method that reaches the chip throws {@link IOException}
 * when it cannot be reached now (busy, locked out, gone) and {@link KeystoreRefusal} with {@code
 * TPM_REPLACED} when it is not the chip the keys were made in, or the like of it for other back
 * ends. One that does not attest has no attestation key, and refuses what needs it or PCRs with
 * {@code NOT_SUPPORTED}.
 */
public interface DeviceKeystore {
  /** What holds the keys. */
  Protection protection();

  /** The device's name for life. */
  Ueid ueid();

  /**
   * The public half.
   *
   * @throws IllegalArgumentException for the attestation key of a keystore that does not attest
   */
  ECPublicKey publicKey(KeyPurpose purpose);

  /** ECDSA signature of the identity key over an SHA-256 digest: DER, minimal. */
  Bytes signDigest(Digest digest) throws IOException, KeystoreRefusal;

  /**
   * The 32 bytes of ECDH (the x coordinate) between the unwrap key and {@code ephemeral}.
   *
   * @throws KeystoreRefusal {@code PCR_MISMATCH} outside the boot state the key is bound to; {@code
   *     BAD_PEER_KEY} when {@code ephemeral} is not on P-256
   */
  SecretBytes agree(ECPublicKey ephemeral) throws IOException, KeystoreRefusal;

  /**
   * The chip's signed statement about {@code selection}.
   *
   * @param qualifyingData at most 32 bytes, signed along: binds the verifier's nonce
   */
  default Quote quote(PcrSelection selection, Bytes qualifyingData)
      throws IOException, KeystoreRefusal {
    throw KeystoreRefusal.notSupported(protection().kind(), "quote PCRs");
  }

  /** What the PCRs hold now, unsigned. */
  default PcrValues readPcrs(PcrSelection selection) throws IOException, KeystoreRefusal {
    throw KeystoreRefusal.notSupported(protection().kind(), "read PCRs");
  }

  /**
   * The PCRs, of whatever bank, that the unwrap key asks for: extending one of them closes the key
   * until the next boot. Empty for a keystore without PCRs.
   */
  default Set<Integer> boundPcrs() throws IOException {
    return Set.of();
  }

  /** Extends a PCR of the SHA-256 bank. Cannot be taken back before the next boot. */
  default void measure(int pcr, Digest measurement) throws IOException, KeystoreRefusal {
    measure(TpmHash.SHA256, pcr, measurement.value());
  }

  /**
   * The same in another bank, with a digest of its algorithm.
   *
   * @throws IOException also when the chip does not keep the bank
   */
  default void measure(TpmHash bank, int pcr, Bytes measurement)
      throws IOException, KeystoreRefusal {
    throw KeystoreRefusal.notSupported(protection().kind(), "extend a PCR");
  }

  /**
   * What the device shows at enrolment.
   *
   * @param nonce the server's, at most 32 bytes; both certifications sign it along
   */
  default EnrolmentClaims enrolmentClaims(Bytes nonce) throws IOException, KeystoreRefusal {
    throw KeystoreRefusal.notSupported(protection().kind(), "certify its keys");
  }

  /**
   * Opens the server's challenge, which only this chip can while it holds the attestation key.
   *
   * @throws KeystoreRefusal {@code CREDENTIAL_REJECTED} when it was made for another chip or key
   */
  default SecretBytes activate(Credential credential) throws IOException, KeystoreRefusal {
    throw KeystoreRefusal.notSupported(protection().kind(), "activate a credential");
  }

  /**
   * Ends, for good, the epochs before that of the unwrap key: nothing that was wrapped to the keys
   * of theirs opens any more, whatever copy of the disk is put back. Keystores without epochs have
   * none to end.
   *
   * @throws KeystoreRefusal {@code ANCHOR_MISSING} when the counter is gone
   */
  default void endEarlierEpochs() throws IOException, KeystoreRefusal {}

  /**
   * Ends for good, in the chip itself, what can be ended while the identity key is still needed to
   * say so: nothing that was wrapped to such a key ever opens again, on whatever copy of the disk.
   * Can be done twice.
   *
   * @return the keys that are dead now; none for a keystore that has nothing but {@link #destroy}
   */
  default Set<KeyPurpose> retire() throws IOException, KeystoreRefusal {
    return Set.of();
  }

  /**
   * Destroys what the keystore holds of this device outside its blobs, which are for their keeper
   * to delete. Nothing works afterwards. Can be done twice.
   */
  default void destroy() throws IOException, KeystoreRefusal {}

  /**
   * Where to keep what an old copy of the disk must not be able to put back; none when this kind of
   * keystore has no such place, and nobody can tell then.
   */
  default Optional<StateAnchor> anchor() {
    return Optional.empty();
  }
}
