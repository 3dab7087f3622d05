// SPDX-License-Identifier: Apache-2.0
/**
 * Attestation as a service: a device asks for a nonce, shows evidence for it and gets the result.
 *
 * <p>Guarantees: a nonce is good for one device and one result; evidence about anybody else than
 * the one who posts it is refused; without a log that it names nothing is said of evidence; what
 * devices leave here is bounded for each of them.
 */
@NullMarked
package dev.bartizan.fleet.attest;

import org.jspecify.annotations.NullMarked;
