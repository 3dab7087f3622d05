// SPDX-License-Identifier: Apache-2.0
/**
 * What an author has signed, as who believes him holds it: metadata, and the small documents it
 * names (policy, reference values, the agent's own manifest, release manifests).
 *
 * <p>Guarantees: a document is handed out only when its bytes have the digest that trusted metadata
 * names now; metadata is verified anew, from the pinned root down, each time it is loaded.
 */
@NullMarked
package dev.bartizan.updater.documents;

import org.jspecify.annotations.NullMarked;
