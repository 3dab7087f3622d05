// SPDX-License-Identifier: Apache-2.0
/**
 * The verifier (RFC 9334): appraises evidence against the registry, reference values and the
 * releases that are known, and answers with an attestation result that gives its reasons.
 *
 * <p>Guarantees: what no reference value covers is "unknown" and never affirming; nothing the
 * device says unsigned or outside its quote's binding is believed; the key that signed the quote is
 * the one that was enrolled, not the one that travels beside it. A device that was enrolled without
 * a chip is never better than a warning, on hardware, storage and identity alike. Not guaranteed:
 * that the self-reported claims (versions, counters, checks) are true on a device whose boot is not
 * covered by references.
 */
@NullMarked
package dev.bartizan.fleet.verify;

import org.jspecify.annotations.NullMarked;
