// SPDX-License-Identifier: Apache-2.0
/**
 * What this device believes, and why: is it what it should be, what has the fleet signed, what time
 * is it at least, and is this its own state or an old copy of it.
 *
 * <p>The documents are metadata and what it names: policy, reference values, the agent's own
 * manifest, release manifests. The boot chain has the firmware's and loader's measurements (PCRs
 * against signed reference values) and the agent's own files (against its signed manifest). An old
 * copy of the state directory is noticed by what the keystore remembers: disk first, anchor second,
 * so that a power cut in between leaves the anchor one step behind.
 *
 * <p>Guarantees: a document is handed out only when its bytes have the digest that trusted metadata
 * names now; metadata is verified anew, from the pinned root down, each time the agent starts; a
 * link of the boot chain without a signed reference is {@code UNKNOWN}, never good.
 *
 * <p>Not guaranteed: that an attacker who replaced the agent's code lets these checks run; the
 * unwrap key's policy and the quote are what he cannot replace. Whoever cuts the power between disk
 * and anchor can take back that one step unnoticed, no more; on a keystore without an anchor old
 * copies are not noticed, which is said, and called unknown.
 */
@NullMarked
package dev.bartizan.agent.trust;

import org.jspecify.annotations.NullMarked;
