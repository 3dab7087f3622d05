// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Help.Ansi;

/** A percentage that counts up in place; silent where nobody watches. */
public final class ProgressLine {
  private final PrintWriter err;
  private final boolean watched;
  private String step = "";
  private long shown = -1;

  private ProgressLine(PrintWriter err, boolean watched) {
    this.err = err;
    this.watched = watched;
  }

  /** On {@code err} if this process has a terminal: picocli asks in each JDK's own way. */
  public static ProgressLine on(PrintWriter err) {
    return new ProgressLine(err, Ansi.AUTO.enabled());
  }

  /** The same for work in several steps, a line for each. */
  public void show(String newStep, long done, long total) {
    if (!step.equals(newStep)) {
      end();
      step = newStep;
      shown = -1;
    }
    show(done, total);
  }

  public void show(long done, long total) {
    long percent = total == 0 ? 100 : done * 100 / total;
    if (watched && percent != shown) {
      shown = percent;
      err.print("\r" + (step.isEmpty() ? "" : step + " ") + percent + " %");
      err.flush();
    }
  }

  public void end() {
    if (watched && shown >= 0) {
      err.println();
    }
  }
}
