// SPDX-License-Identifier: Apache-2.0
/**
 * Making differences between two versions of a file.
 *
 * <p>The format and its reader are {@link dev.bartizan.delta.decode}'s. This side only decides: it
 * finds for every tensor what it came from, tries the ways to predict it, and keeps what is really
 * the smallest, so that no pair of files, however unlike, costs more than the plain compressed file
 * and a few bytes.
 */
@NullMarked
package dev.bartizan.delta.encode;

import org.jspecify.annotations.NullMarked;
