// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import dev.bartizan.crypto.Digest;

/**
 * A difference by which this release can be made from another.
 *
 * @param fromVersion the version it starts from
 * @param fromRoot the shard root of that version's plaintext: what the device must hold
 * @param file the encrypted difference
 */
public record DeltaOffer(String fromVersion, Digest fromRoot, EncryptedFile file) {}
