// SPDX-License-Identifier: Apache-2.0
/**
 * The first of the agent's questions: is this device what it should be?
 *
 * <p>The chain has the firmware's and loader's measurements (PCRs against signed reference values)
 * and the agent's own files (against its signed manifest). Both references are targets of signed
 * metadata; without one, a link is {@code UNKNOWN}, never good.
 *
 * <p>Not guaranteed: that an attacker who replaced the agent's code lets this check run; the unwrap
 * key's policy and the quote are what he cannot replace.
 */
@NullMarked
package dev.bartizan.agent.boot;

import org.jspecify.annotations.NullMarked;
