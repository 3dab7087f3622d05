// SPDX-License-Identifier: Apache-2.0
/**
 * A small TPM 2.0 layer of our own, written from the TCG library specification.
 *
 * <p>Two halves. The <i>device's</i> half talks to a chip: {@link
 * dev.bartizan.crypto.tpm.TpmAddress} says where it is, {@link dev.bartizan.crypto.tpm.Tpm} is one
 * conversation with it. The <i>verifier's</i> half needs no chip: {@link
 * dev.bartizan.crypto.tpm.TpmPublic}, {@link dev.bartizan.crypto.tpm.QuoteAttest}, {@link
 * dev.bartizan.crypto.tpm.CertifyAttest}, {@link dev.bartizan.crypto.tpm.TpmSignature} and {@link
 * dev.bartizan.crypto.tpm.MakeCredential}.
 *
 * <p>Guarantees: parsers accept exactly what they would write again, and refuse trailing bytes. A
 * session is salted to a key the caller names, so that neither a listener on the bus nor somebody
 * who answers in the chip's place learns or changes a secret; every response in a session is
 * authenticated before its content is used. A closed conversation leaves no object and no session
 * in the chip.
 *
 * <p>Not guaranteed: anything against somebody who resets the chip and replays the measurements of
 * a good boot over the bus. Error responses carry no authentication in the protocol: they can be
 * forged, and only ever say no. Hierarchy passwords are taken to be empty.
 *
 * @see <a href="https://trustedcomputinggroup.org/resource/tpm-library-specification/">TPM 2.0
 *     library specification</a>
 */
@NullMarked
package dev.bartizan.crypto.tpm;

import org.jspecify.annotations.NullMarked;
