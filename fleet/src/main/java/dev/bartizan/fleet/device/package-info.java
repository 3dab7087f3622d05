// SPDX-License-Identifier: Apache-2.0
/**
 * The registry of devices: who they are, whether they are trusted, what was issued to them.
 *
 * <p>Guarantees: two processes never lose each other's change to a device; a device that was
 * revoked stays so, whatever it shows. The registry is an interface: behind it is a database, or
 * copies in files for who verifies reports elsewhere.
 */
@NullMarked
package dev.bartizan.fleet.device;

import org.jspecify.annotations.NullMarked;
