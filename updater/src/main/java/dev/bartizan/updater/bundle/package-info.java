// SPDX-License-Identifier: Apache-2.0
/**
 * One file that carries what a repository would have served: for devices that are updated from a
 * stick.
 *
 * <p>A bundle is a {@link dev.bartizan.updater.fetch.Transport}: whoever fetches asks it as he
 * would ask a server, and verifies what comes as he would verify what a server sends. So a bundle
 * is trusted as little, and there is no second way to install anything.
 *
 * <p>Guarantees: names in the file are only ever compared, never become paths; a bundle is looked
 * through once before it is used, within limits for entries and unpacked bytes; memory is bounded.
 *
 * <p>Not guaranteed: that what is in it is new, complete or signed; signed metadata says that.
 */
@NullMarked
package dev.bartizan.updater.bundle;

import org.jspecify.annotations.NullMarked;
