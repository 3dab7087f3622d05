// SPDX-License-Identifier: Apache-2.0
/**
 * One file that shows, years later and with the network cut, why an attestation result was what it
 * was: evidence with its logs, what the registry had, the author's signed word with its metadata,
 * the chip's certificates, and the result. The server's result key signs a list of their digests.
 *
 * <p>Guarantees: nothing in a bundle is believed on the bundle's word. Who verifies it brings the
 * roots: the author's, the authority of devices, the makers' and the key of results. What is left
 * out or altered is refused with its name; what nobody but the server says is told as that. The
 * evidence is appraised anew, by the rules of every other report, and an answer that is not the one
 * that was given then is never affirming.
 *
 * <p>Not guaranteed: the time and the nonce, the device's standing and its attestation key are what
 * the server says they were.
 */
@NullMarked
package dev.bartizan.fleet.bundle;

import org.jspecify.annotations.NullMarked;
