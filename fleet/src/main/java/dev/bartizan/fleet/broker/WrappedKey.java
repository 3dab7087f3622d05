// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.broker;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.protocol.release.KeyDelivery;

/**
 * A content key as its author wrapped it to the key broker.
 *
 * @param envelope CMS EnvelopedData
 * @param delivery when devices may have it
 */
public record WrappedKey(Bytes envelope, KeyDelivery delivery) {}
