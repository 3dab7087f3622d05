// SPDX-License-Identifier: Apache-2.0
/**
 * What the fleet has signed, as this device holds it: metadata, and the small documents it names
 * (policy, reference values, the agent's own manifest, release manifests).
 *
 * <p>Guarantees: a document is handed out only when its bytes have the digest that trusted metadata
 * names now; metadata is verified anew, from the pinned root down, each time the agent starts.
 */
@NullMarked
package dev.bartizan.agent.trust;

import org.jspecify.annotations.NullMarked;
