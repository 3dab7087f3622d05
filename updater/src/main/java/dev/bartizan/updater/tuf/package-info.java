// SPDX-License-Identifier: Apache-2.0
/**
 * The TUF client (specification 1.0.34): what a device believes about releases, and since when.
 *
 * <p>Three layers. {@link dev.bartizan.updater.tuf.TrustedMetadata} is the rule book: bytes in,
 * acceptance or {@link dev.bartizan.updater.tuf.TufRefusal}; it opens no file and no connection.
 * {@link dev.bartizan.updater.tuf.TufClient} decides what to ask for next, in the order of section
 * 5.3, and keeps what was accepted. {@link dev.bartizan.updater.tuf.MetadataSource} and {@link
 * dev.bartizan.updater.tuf.MetadataStore} are the ways to a repository and to the disk.
 *
 * <p>Guarantees: no field of a metadata file is read before a threshold of its role's keys was
 * found to have signed exactly the canonical form of what was received, unknown fields included; a
 * refused file changes nothing on disk; everything from outside is bounded in bytes, depth and
 * count; a delegated role is verified again under every role that delegates to it.
 *
 * <p>Not guaranteed: that an old copy of the whole state directory is noticed. That needs a counter
 * outside the disk; {@link dev.bartizan.updater.tuf.TrustedTargets#versions} is what such a counter
 * should anchor.
 */
@NullMarked
package dev.bartizan.updater.tuf;

import org.jspecify.annotations.NullMarked;
