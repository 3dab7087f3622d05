// SPDX-License-Identifier: Apache-2.0
/**
 * The daemon: check the boot chain, unseal, load, serve, listen, update, report.
 *
 * <p>{@link dev.bartizan.agent.Agent} is that story; {@link dev.bartizan.agent.Assembly} puts its
 * parts together, and is the only place that does.
 *
 * <p>Guarantees: one thread takes all decisions, so none of them meets another half-way; trust
 * fails closed (a bad boot chain, an unsigned release: no model) and service fails open (no
 * network, no broker, a bad update: the last good model keeps serving).
 */
@NullMarked
package dev.bartizan.agent;

import org.jspecify.annotations.NullMarked;
