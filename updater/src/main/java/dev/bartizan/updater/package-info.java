// SPDX-License-Identifier: Apache-2.0
/**
 * Everything about getting from version A to version B without losing the device.
 *
 * <p>Nothing below this package starts a thread, reads the clock, the environment or a global:
 * time, randomness, durable state and transport are handed in, so that every crash can be tried in
 * a test.
 */
@NullMarked
package dev.bartizan.updater;

import org.jspecify.annotations.NullMarked;
