// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What is wrong now, by subject: one line each, replaced when it changes, gone when it is mended.
 * Counting occurrences is left to the log.
 */
public final class ActiveAlarms {
  private static final int MAX = 64;

  private final Map<String, String> bySubject = Collections.synchronizedMap(new LinkedHashMap<>());

  /** Notes a problem; returns whether it is news. */
  public boolean note(String subject, String problem) {
    if (bySubject.size() >= MAX && !bySubject.containsKey(subject)) {
      return false;
    }
    return !problem.equals(bySubject.put(subject, problem));
  }

  /** Notes that something was refused. */
  public boolean note(String subject, Refusal refusal) {
    return note(subject, Explanation.of(refusal));
  }

  /** The subject is in order (again). */
  public void mended(String subject) {
    bySubject.remove(subject);
  }

  /** All problems now, oldest first. */
  public Map<String, String> all() {
    synchronized (bySubject) {
      return new LinkedHashMap<>(bySubject);
    }
  }
}
