// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** The daemon's log: one line a record on stderr, as the journal wants it. */
@TouchesTheWorld("stderr")
final class Logs {
  /**
   * Held for as long as the process lives: the platform forgets a logger that nobody holds, and its
   * level.
   */
  private static final List<Logger> QUIET =
      List.of(Logger.getLogger("org.eclipse.jetty"), Logger.getLogger("org.eclipse.paho"));

  private Logs() {}

  static void begin() {
    Logger root = Logger.getLogger("");
    for (Handler handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler stderr = new ConsoleHandler();
    stderr.setFormatter(new Line());
    root.addHandler(stderr);
    // Its warnings quote what clients sent.
    QUIET.forEach(logger -> logger.setLevel(Level.SEVERE));
  }

  /** Priority as systemd reads it (sd-daemon(3)), then the message; the journal has the time. */
  private static final class Line extends Formatter {
    @Override
    public String format(LogRecord record) {
      int level = record.getLevel().intValue();
      String priority =
          level >= Level.SEVERE.intValue()
              ? "<3>"
              : level >= Level.WARNING.intValue() ? "<4>" : "<6>";
      return priority + formatMessage(record).replaceAll("\\p{Cntrl}", " ") + "\n";
    }
  }
}
