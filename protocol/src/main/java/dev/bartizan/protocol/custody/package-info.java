// SPDX-License-Identifier: Apache-2.0
/**
 * What the author of releases and the server of a fleet hand to each other, so that neither needs
 * the other's secrets: the server's public keys, and content keys wrapped to its key broker.
 *
 * <p>Guarantees: keys that do not belong together are refused when they are read. Not guaranteed:
 * that they are the keys of the server one means; somebody has to compare the fingerprint.
 */
@NullMarked
package dev.bartizan.protocol.custody;

import org.jspecify.annotations.NullMarked;
