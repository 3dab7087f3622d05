// SPDX-License-Identifier: Apache-2.0
/**
 * Makes releases: encrypts and describes a model, lets a role of the repository vouch for it, and
 * wraps its content key to the key brokers of fleets. The small signed documents (software, policy,
 * reference values, suites) are made here too.
 *
 * <pre>
 *   author.json                 what this directory is
 *   root.json                   the first root, to hand out
 *   keys/                       role keys
 *   repository/                 what a static web server serves
 *   pinned/                     the metadata this author has seen, beginning with the root
 *   fleets/TRUST-DOMAIN.json    for whom it is released
 *   releases/NAME/VERSION/      release.json, content.key (0600): never served
 * </pre>
 *
 * <p>Guarantees: a release becomes visible all at once, when the signed metadata names it; one that
 * fails on the way leaves nothing; a version is never made twice; what is served of a model is
 * ciphertext. Not guaranteed: secrecy of {@code releases/} from whoever can read the author's disk.
 */
@NullMarked
package dev.bartizan.author.release;

import org.jspecify.annotations.NullMarked;
