// SPDX-License-Identifier: Apache-2.0
/**
 * What a release says about itself: the signed documents that update metadata names as targets.
 *
 * <p>A {@link dev.bartizan.protocol.release.ReleaseManifest} names the plaintext of a model shard
 * by shard, the encrypted files it can be fetched as, and how to try it. A {@link
 * dev.bartizan.protocol.release.SoftwareManifest} names the files of the agent itself. Both are
 * values: whoever reads one has checked its digest against signed metadata before.
 *
 * <p>Where each document is among the targets, and each file on a server, is said here once for who
 * publishes and who fetches.
 */
@NullMarked
package dev.bartizan.protocol.release;

import org.jspecify.annotations.NullMarked;
