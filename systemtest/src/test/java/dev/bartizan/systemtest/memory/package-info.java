// SPDX-License-Identifier: Apache-2.0
/**
 * What is left of keys and weights in memory, on the disk and on the bus to the chip, looked for as
 * root.
 */
@NullMarked
package dev.bartizan.systemtest.memory;

import org.jspecify.annotations.NullMarked;
