// SPDX-License-Identifier: Apache-2.0
/**
 * The content-addressed store: every object is named by the SHA-256 of its bytes.
 *
 * <p>Objects are what came over the wire or was encrypted to this device: release manifests, key
 * envelopes, encrypted artifacts. Nothing in here is plaintext of a model.
 *
 * <p>Guarantees: an object that is held had, when it was finished, exactly the bytes its name says,
 * and survives a power cut; a transfer that was interrupted goes on where it stopped; collecting
 * never touches what is pinned; no object is begun that has no room.
 *
 * <p>Not guaranteed: that a large object still has those bytes when it is opened. Small objects are
 * hashed again with each {@code read}; a large one is read through its authenticated cipher, or
 * checked whole by {@code verify}. Nor that what a power cut left of an unsynced transfer is good:
 * the digest finds out when it is finished, which fails as the world does, and the transfer begins
 * again.
 */
@NullMarked
package dev.bartizan.updater.store;

import org.jspecify.annotations.NullMarked;
