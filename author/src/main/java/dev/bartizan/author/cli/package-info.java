// SPDX-License-Identifier: Apache-2.0
/**
 * The commands of {@code bartizan-release}: they read the command line, call the packages that do
 * the work, and print.
 */
@NullMarked
package dev.bartizan.author.cli;

import org.jspecify.annotations.NullMarked;
