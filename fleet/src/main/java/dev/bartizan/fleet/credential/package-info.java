// SPDX-License-Identifier: Apache-2.0
/**
 * Who is in the fleet: the device certificate authority, the operator's own credentials, the
 * registry of devices.
 *
 * <p>Everything lives in the operator's directory as files that other tools can read: PEM and JSON.
 *
 * <p>Guarantees: private keys are written with mode 0600; every file is replaced whole or not at
 * all; two processes never lose each other's change to a device. Not guaranteed: secrecy of the
 * keys from whoever can read the directory; keep it on an encrypted disk.
 */
@NullMarked
package dev.bartizan.fleet.credential;

import org.jspecify.annotations.NullMarked;
