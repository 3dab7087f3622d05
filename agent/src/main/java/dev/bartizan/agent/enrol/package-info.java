// SPDX-License-Identifier: Apache-2.0
/**
 * The device's side of enrolment: proves the chip, gets the certificates.
 *
 * <p>Guarantees: the server is believed only under the fleet's own authority, which was put on the
 * device with its configuration; a grant is returned only when its certificates are this device's,
 * for this device's keys, under that authority.
 */
@NullMarked
package dev.bartizan.agent.enrol;

import org.jspecify.annotations.NullMarked;
