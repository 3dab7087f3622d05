// SPDX-License-Identifier: Apache-2.0
/**
 * The commands of {@code bartizan-fleet}: they read the command line, call the packages that do the
 * work, and print. Exit codes: 0 done, 1 the answer is no, 2 the command line is wrong, 3 cannot do
 * it now.
 */
@NullMarked
package dev.bartizan.fleet.cli;

import org.jspecify.annotations.NullMarked;
