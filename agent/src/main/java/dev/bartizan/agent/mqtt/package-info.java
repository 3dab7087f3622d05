// SPDX-License-Identifier: Apache-2.0
/**
 * The device's link to its fleet: MQTT over mutual TLS, with what is to be sent kept on disk until
 * the broker has it.
 *
 * <p>Guarantees: a command is acknowledged only after it was kept; a message is deleted only after
 * it was acknowledged; the outbox is bounded, and the oldest ordinary event goes before any answer
 * or audit event does. The TLS key stays in the keystore.
 */
@NullMarked
package dev.bartizan.agent.mqtt;

import org.jspecify.annotations.NullMarked;
