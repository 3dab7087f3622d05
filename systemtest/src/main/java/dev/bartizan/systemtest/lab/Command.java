// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.systemtest.lab.Program.Outcome;
import java.io.IOException;

/** A command that is run to its end: a program, or the same without a process of its own. */
interface Command {
  Outcome run(String... arguments) throws IOException, InterruptedException;
}
