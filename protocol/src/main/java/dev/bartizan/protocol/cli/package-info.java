// SPDX-License-Identifier: Apache-2.0
/**
 * What the three command lines have in common, because scripts rely on it: exit codes, answers on
 * standard output and nothing else there, one line on standard error that says what is wrong.
 *
 * <p>Guarantees: no stack trace unless {@code --debug} asks for one; what a command refuses ends
 * with 1, what the command line says wrong with 2, what cannot be done now with 3.
 */
@NullMarked
package dev.bartizan.protocol.cli;

import org.jspecify.annotations.NullMarked;
