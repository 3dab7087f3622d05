// SPDX-License-Identifier: Apache-2.0
/**
 * Notices that an old copy of the state directory was put back, by what the keystore remembers.
 *
 * <p>Disk first, anchor second: a power cut in between leaves the anchor one step behind, and
 * whoever cuts the power there can take back that one step unnoticed, no more.
 *
 * <p>Not guaranteed: anything on a keystore without an anchor; that is said, and called unknown.
 */
@NullMarked
package dev.bartizan.agent.anchor;

import org.jspecify.annotations.NullMarked;
