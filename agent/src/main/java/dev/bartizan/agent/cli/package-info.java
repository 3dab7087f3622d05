// SPDX-License-Identifier: Apache-2.0
/** The device's command, {@code bartizan}: one class per sub-command. */
@NullMarked
package dev.bartizan.agent.cli;

import org.jspecify.annotations.NullMarked;
