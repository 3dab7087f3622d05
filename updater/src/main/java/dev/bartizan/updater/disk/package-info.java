// SPDX-License-Identifier: Apache-2.0
/**
 * The one port to durable state.
 *
 * <p>Guarantees of {@link dev.bartizan.updater.disk.DurableFile}: after it returns, the new content
 * survives a power cut; if it does not return, the file holds the old content or the new one,
 * whole. Every other use of {@link dev.bartizan.updater.disk.Disk} gets only what the port's method
 * says.
 */
@NullMarked
package dev.bartizan.updater.disk;

import org.jspecify.annotations.NullMarked;
