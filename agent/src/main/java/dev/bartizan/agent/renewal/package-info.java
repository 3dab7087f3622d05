// SPDX-License-Identifier: Apache-2.0
/**
 * Keeps this device's identity certificate alive: EST at two thirds of its life, and enrolment
 * anew, by the chip alone, for a device that was away for longer.
 *
 * <p>Guarantees: what a server sends is stored only after it was seen to be for this device's name
 * and identity key, by the pinned authority, and valid by a clock this device believes; it is
 * replaced durably and whole, and in use from the next handshake on; a failed attempt changes
 * nothing, and is repeated with growing, jittered pauses. Not guaranteed: a certificate where the
 * fleet gives none.
 */
@NullMarked
package dev.bartizan.agent.renewal;

import org.jspecify.annotations.NullMarked;
