// SPDX-License-Identifier: Apache-2.0
/**
 * What the author says, as this server believes it: as a TUF client of his repository, from the
 * root that {@code init} pinned.
 *
 * <pre>
 *   author-root.json   where all trust in the author starts
 *   trusted/           metadata and documents, as they were verified
 *   releases.json, reference.json   what a verifier of reports compares with, derived from them
 * </pre>
 *
 * <p>Guarantees: nothing is derived from what the author's roles have not signed; a repository that
 * cannot be reached, or says what is not acceptable, changes nothing.
 */
@NullMarked
package dev.bartizan.fleet.trust;

import org.jspecify.annotations.NullMarked;
