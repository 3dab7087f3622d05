// SPDX-License-Identifier: Apache-2.0
/**
 * What must not harm a device, tried on real parts: bad input, parts that are missing, and a
 * process that is killed. Each situation ends with one line that names what is at fault, an exit
 * code of the contract, and the last good model serving.
 */
@NullMarked
package dev.bartizan.systemtest.bad;

import org.jspecify.annotations.NullMarked;
