// SPDX-License-Identifier: Apache-2.0
/**
 * Where the device's keys live, and the few things it may do with them.
 *
 * <p>{@link dev.bartizan.crypto.keystore.DeviceKeystore} is the port; {@link
 * dev.bartizan.crypto.keystore.Tpm2Keystore} keeps the keys in a TPM 2.0, {@link
 * dev.bartizan.crypto.keystore.Pkcs11Keystore} in a PKCS#11 token, {@link
 * dev.bartizan.crypto.keystore.SoftwareKeystore} in a file.
 *
 * <p>Guarantees of the TPM back end: private keys are born in the chip and cannot leave it; the
 * unwrap key answers only while the PCRs hold the values they held when it was made; secrets cross
 * the bus encrypted to the storage key that was seen at enrolment; another or a cleared chip is
 * refused, never silently adopted.
 *
 * <p>Guarantees of the PKCS#11 back end: private keys are made in the token as sensitive and not
 * extractable, one signs and the other agrees; a token that is gone, was exchanged or takes another
 * PIN is a refusal. It says nothing of the boot state, and nothing proves to others that there is a
 * token. The software back end encrypts its file under a password and guarantees nothing against
 * who can read both: it is for development.
 *
 * <p>{@link dev.bartizan.crypto.keystore.Pkcs11SigningKeys} are keys in a token that are no
 * device's: those of an author who signs. {@link dev.bartizan.crypto.keystore.Pkcs11AgreementKey}
 * is one that agrees: a server's, for what is wrapped to it. {@link
 * dev.bartizan.crypto.keystore.TokenPlace} is where such a token is.
 *
 * <p>Not guaranteed: who asks. Any process that may open the TPM device and read the key blobs can
 * sign with the identity key while the device runs; it cannot take the key away.
 */
@NullMarked
package dev.bartizan.crypto.keystore;

import org.jspecify.annotations.NullMarked;
