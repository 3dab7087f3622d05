// SPDX-License-Identifier: Apache-2.0
/**
 * What a fleet server asks of devices: commands, as JWS by keys that the policy names.
 *
 * <p>Guarantees: a {@link dev.bartizan.protocol.command.CommandVerifier} yields only commands whose
 * signature, audience, times and key's rights hold. Not guaranteed: that a command is new; the
 * agent keeps the ids it has seen.
 */
@NullMarked
package dev.bartizan.protocol.command;

import org.jspecify.annotations.NullMarked;
