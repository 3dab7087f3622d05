// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.database;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.fleet.DatabaseAway;
import java.io.IOException;
import java.sql.SQLException;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;

/** What a failure of the database means, and one line when it goes away, and when it is back. */
final class Outage {
  /** Serialisation, deadlock, a key that another was first with, and H2's waits for a lock. */
  private static final Set<String> COLLISIONS = Set.of("40001", "40P01", "23505", "HYT00", "90131");

  /** Statements and names that are wrong: ours. */
  private static final String SYNTAX = "42";

  private final Says says;
  private final AtomicBoolean away = new AtomicBoolean();

  Outage(Says says) {
    this.says = says;
  }

  static boolean isCollision(SQLException failure) {
    return COLLISIONS.contains(String.valueOf(failure.getSQLState()));
  }

  /**
   * What to throw.
   *
   * @throws Refusal what a new connection was refused with
   */
  IOException tell(SQLException failure) throws IOException, Refusal {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof Refusal refusal) {
        throw refusal;
      }
      if (cause instanceof DatabaseAway known) {
        throw told(known);
      }
    }
    if (String.valueOf(failure.getSQLState()).startsWith(SYNTAX)) {
      throw new IllegalStateException("a statement of ours is wrong", failure);
    }
    return told(new DatabaseAway("the database is away: " + firstLine(failure), failure));
  }

  /** Once: who asks meanwhile is told so too, and it need not be said to the operator each time. */
  private DatabaseAway told(DatabaseAway why) {
    if (away.compareAndSet(false, true)) {
      says.say(String.valueOf(why.getMessage()));
    }
    return why;
  }

  /** A transaction went well. */
  void isOver() {
    if (away.get() && away.compareAndSet(true, false)) {
      says.say("the database is back");
    }
  }

  /** The pool says that it has none; its cause says why. */
  private static String firstLine(SQLException failure) {
    Throwable root = failure;
    while (root.getCause() instanceof SQLException cause) {
      root = cause;
    }
    return String.valueOf(root.getMessage()).lines().findFirst().orElse("");
  }
}
