// SPDX-License-Identifier: Apache-2.0
/**
 * Founds a fleet: everything {@code bartizan-fleet init} writes into a server's directory.
 *
 * <pre>
 *   fleet.json                   what all of the fleet has in common
 *   fleet-keys.json              what the author must know of this fleet
 *   author-root.json             where trust in what the author says starts
 *   keys/ ca/ server/ operator/ key-broker/   secrets, mode 0600
 *   key-broker/token.json        where the key broker's key is, when it is in a PKCS#11 token
 *   broker/                      a configuration that mosquitto runs with as it is
 *   device/                      what goes into /etc/bartizan of each device
 *   ek-roots/                    the chip makers' certificates; for the operator to fill, each
 *                                in the directory of the one kind of key it is believed for
 * </pre>
 *
 * <p>Guarantees: a directory that is founded already is refused before anything is written. Not
 * guaranteed: that founding which was interrupted can go on; delete the directory and begin again.
 */
@NullMarked
package dev.bartizan.fleet.init;

import org.jspecify.annotations.NullMarked;
