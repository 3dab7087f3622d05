// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent;

import dev.bartizan.agent.report.ActiveAlarms;
import dev.bartizan.agent.serve.ServingStatistics;
import java.util.List;
import java.util.stream.Collectors;

/** What the service manager shows of the daemon: one line. */
final class StatusLine {
  private StatusLine() {}

  /** What serves, and what is wrong. */
  static String of(List<ServingStatistics> serving, ActiveAlarms problems) {
    String models =
        serving.stream()
            .map(it -> it.model() + " " + it.version())
            .collect(Collectors.joining(", "));
    String line = models.isEmpty() ? "serving no model" : "serving " + models;
    return problems.all().isEmpty()
        ? line
        : line + "; " + String.join("; ", problems.all().values());
  }
}
