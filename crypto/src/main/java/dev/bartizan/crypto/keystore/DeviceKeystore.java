package dev.bartizan.crypto.keystore;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.tpm.Credential;
import dev.bartizan.crypto.tpm.PcrSelection;
import dev.bartizan.crypto.tpm.PcrValues;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Optional;

/**
 * The device's keys: sign, unwrap, attest. All keys are on the curve P-256; none ever leaves.
 *
 * <p>Safe for use by several threads. Every method that reaches the chip throws {@link IOException}
 * when it cannot be reached now (busy, locked out, gone) and {@link KeystoreRefusal} with {@code
 * TPM_REPLACED} when it is not the chip the keys were made in. A back end without attestation
 * refuses with {@code NOT_SUPPORTED}.
 */
public interface DeviceKeystore {
  /** What holds the keys. */
  Protection protection();

  /** The device's name for life. */
  Ueid ueid();

  /** The public half. */
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
  Quote quote(PcrSelection selection, Bytes qualifyingData) throws IOException, KeystoreRefusal;

  /** What the PCRs hold now, unsigned. */
  PcrValues readPcrs(PcrSelection selection) throws IOException, KeystoreRefusal;

  /** Sets a PCR that software may reset, 16 or 23, to zero. */
  void reset(int pcr) throws IOException, KeystoreRefusal;

  /** Extends a PCR of the SHA-256 bank. Cannot be taken back before the next boot. */
  void measure(int pcr, Digest measurement) throws IOException, KeystoreRefusal;

  /**
   * What the device shows at enrolment.
   *
   * @param nonce the server's, at most 32 bytes; both certifications sign it along
   */
  EnrolmentClaims enrolmentClaims(Bytes nonce) throws IOException, KeystoreRefusal;

  /**
   * Opens the server's challenge, which only this chip can while it holds the attestation key.
   *
   * @throws KeystoreRefusal {@code CREDENTIAL_REJECTED} when it was made for another chip or key
   */
  SecretBytes activate(Credential credential) throws IOException, KeystoreRefusal;

  /**
   * Where to keep what an old copy of the disk must not be able to put back; none when this kind of
   * keystore has no such place, and nobody can tell then.
   */
  default Optional<StateAnchor> anchor() {
    return Optional.empty();
  }
}
