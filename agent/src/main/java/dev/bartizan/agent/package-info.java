// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon: check the boot chain, unseal, load, serve, listen, update, report.
 *
 * <p>{@link dev.bartizan.agent.Agent} is that story, told by five parts. Each wires itself in one
 * class of its own package, from the {@link dev.bartizan.agent.world.World} and the parts before
 * it: {@link dev.bartizan.agent.trust.Trust}, {@link dev.bartizan.agent.models.Models}, {@link
 * dev.bartizan.agent.deploy.Deploy}, {@link dev.bartizan.agent.uplink.Uplink} and {@link
 * dev.bartizan.agent.local.Local}.
 *
 * <p>Guarantees: one thread takes all decisions, so none of them meets another half-way; trust
 * fails closed (a bad boot chain, an unsigned release: no model) and service fails open (no
 * network, no broker, a bad update: the last good model keeps serving).
 */
@NullMarked
package dev.bartizan.agent;

import org.jspecify.annotations.NullMarked;
