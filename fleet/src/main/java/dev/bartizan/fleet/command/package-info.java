// SPDX-License-Identifier: Apache-2.0
/**
 * Sends signed commands to devices over MQTT and waits for their answers.
 *
 * <p>Guarantees: a command leaves only signed, over mutual TLS. Not guaranteed: that an answer is
 * the device's; it is as good as the broker's access rules. What a device really did is in its next
 * attested report.
 */
@NullMarked
package dev.bartizan.fleet.command;

import org.jspecify.annotations.NullMarked;
