// SPDX-License-Identifier: Apache-2.0
/**
 * What a verifier says of evidence: an attestation result, an EAR with a trustworthiness vector of
 * AR4SI, signed by the verifier.
 *
 * <p>Guarantees: a claim that was not made is {@code none}, which is never affirming.
 */
@NullMarked
package dev.bartizan.protocol.result;

import org.jspecify.annotations.NullMarked;
