// SPDX-License-Identifier: Apache-2.0
/**
 * The author's TUF repository: a directory that any static HTTP server can serve.
 *
 * <pre>
 *   metadata/  1.root.json  timestamp.json  7.snapshot.json  3.targets.json  5.models.json ...
 *   targets/   models/defects/1.2.0/HASH.release.json ...
 * </pre>
 *
 * <p>Top-level targets vouches for nothing itself; it delegates each kind of thing to a role with
 * keys of its own, so that losing one key loses one thing.
 *
 * <p>Guarantees: what is new appears all at once, with {@code timestamp.json}, which is written
 * last; files that were ever named are not overwritten; before anything is signed, what lies in the
 * directory is verified from the author's own pinned root, so that nobody gets a signature by
 * editing files on the server. Not guaranteed: that expired metadata renews itself; somebody has to
 * come by with the online keys once a day.
 */
@NullMarked
package dev.bartizan.author.publish;

import org.jspecify.annotations.NullMarked;
