// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is wrong now, by subject: one line each, replaced when it changes, gone when it is cleared.
 * Counting occurrences is left to the log.
 */
public final class ActiveAlarms {
  private static final int MAX = 64;

  private final Map<String, String> bySubject = Collections.synchronizedMap(new LinkedHashMap<>());

  /** Raises an alarm, or replaces it; returns whether it says something new. */
  public boolean raise(String subject, String problem) {
    if (bySubject.size() >= MAX && !bySubject.containsKey(subject)) {
      return false;
    }
    return !problem.equals(bySubject.put(subject, problem));
  }

  /** Raises one that something was refused. */
  public boolean raise(String subject, Refusal refusal) {
    return raise(subject, Explanation.of(refusal));
  }

  /** The subject is in order (again). */
  public void clear(String subject) {
    bySubject.remove(subject);
  }

  /** All alarms now, oldest first. */
  public Map<String, String> all() {
    synchronized (bySubject) {
      return new LinkedHashMap<>(bySubject);
    }
  }
}
