// SPDX-License-Identifier: Apache-2.0
/**
 * Who this device is: its certificates, the blobs its keystore needs, and TLS as that device.
 *
 * <p>Guarantees: no private key passes through here; certificates are used only when they are for
 * the keys the keystore has.
 */
@NullMarked
package dev.bartizan.agent.identity;

import org.jspecify.annotations.NullMarked;
