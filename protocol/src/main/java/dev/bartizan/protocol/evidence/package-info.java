// SPDX-License-Identifier: Apache-2.0
/**
 * What a device shows of itself: evidence, an EAT (RFC 9711) in a CMW collection (RFC 9999), with a
 * TPM quote, the agent's own log and its health.
 *
 * <p>Not guaranteed: that evidence is true; {@link dev.bartizan.protocol.evidence.Evidence} is only
 * read here, and the verifier on the operator's side appraises it.
 */
@NullMarked
package dev.bartizan.protocol.evidence;

import org.jspecify.annotations.NullMarked;
