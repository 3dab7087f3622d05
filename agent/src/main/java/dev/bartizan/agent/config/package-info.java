// SPDX-License-Identifier: Apache-2.0
/**
 * The agent's configuration: one TOML file, read once at start, refused as a whole when anything in
 * it is unknown, missing or out of range.
 *
 * <p>What the fleet decides (which models, which commands, what may happen alone) is not here but
 * in signed policy; this file says only where things are on this device.
 */
@NullMarked
package dev.bartizan.agent.config;

import org.jspecify.annotations.NullMarked;
