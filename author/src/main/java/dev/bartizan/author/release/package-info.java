// SPDX-License-Identifier: Apache-2.0
/**
 * Makes releases: encrypts and describes a model, lets a role of the repository vouch for it, and
 * wraps its content key to the devices of the inventory. The small signed documents (software,
 * policy, reference values) are made here too.
 *
 * <pre>
 *   releases/NAME/VERSION/      release.json, content.key (0600): never served
 *   repository/artifacts/       SHA-256 of the ciphertext
 *   repository/keys/RELEASE/    UEID.cms; RELEASE is the SHA-256 of release.json
 *   releases.json, reference.json   what a verifier of reports compares with
 * </pre>
 *
 * <p>Guarantees: a release becomes visible all at once, when the signed metadata names it; one that
 * fails on the way leaves nothing; a version is never made twice; what is served of a model is
 * ciphertext; a device that is not enrolled now holds no envelope. Not guaranteed: that a content
 * key which a device once opened can be taken back (raise the epoch and release anew), and secrecy
 * of {@code releases/} from whoever can read the operator's disk.
 */
@NullMarked
package dev.bartizan.author.release;

import org.jspecify.annotations.NullMarked;
