// SPDX-License-Identifier: Apache-2.0
/**
 * What a device and the enrolment server say to each other: JSON over HTTPS, two requests.
 *
 * <pre>
 * POST /enrol/v1/begin   EK certificate and chain, EK, AK (and a token)  ->  session, nonce, credential
 * POST /enrol/v1/finish  session, secret, certified keys       ->  certificates
 * </pre>
 *
 * <p>The credential opens only in the chip the EK certificate is about and only while the AK is
 * loaded there (TPM2_ActivateCredential); the AK then certifies the identity and the unwrap key
 * over the nonce (TPM2_Certify). So all four keys are seen to live in one genuine chip.
 *
 * <p>A keystore that has no endorsement key proves less, on another path, and only where the
 * operator says so: a token speaks for the device, and {@link
 * dev.bartizan.protocol.enrolment.KeyPossession} shows that it holds both keys.
 *
 * <pre>
 * POST /enrol/v1/keys/begin   token, kind, both keys        ->  session, nonce, ephemeral key
 * POST /enrol/v1/keys/finish  session, signature, proof     ->  certificates
 * </pre>
 *
 * <p>Guarantees: messages are bounded and read strictly. Not guaranteed: anything about their
 * content; the server judges it.
 */
@NullMarked
package dev.bartizan.protocol.enrolment;

import org.jspecify.annotations.NullMarked;
