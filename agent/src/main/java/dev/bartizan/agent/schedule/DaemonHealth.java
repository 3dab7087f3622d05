// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/** How each part of the daemon is. */
public final class DaemonHealth {
  private final Map<Part, Health> parts = new EnumMap<>(Part.class);

  /**
   * @param nanoTime monotonic
   */
  public DaemonHealth(LongSupplier nanoTime) {
    for (Part part : Part.values()) {
      parts.put(part, new Health(part, nanoTime));
    }
  }

  public Health of(Part part) {
    return Objects.requireNonNull(parts.get(part), part.text());
  }

  /** What is stuck, by part; none when all live. */
  Map<Part, String> stuck() {
    Map<Part, String> stuck = new TreeMap<>();
    parts.forEach((part, health) -> health.stuck().ifPresent(it -> stuck.put(part, it)));
    return stuck;
  }

  /** Its part of {@code status}. */
  public void describe(ObjectNode status) {
    ObjectNode all = status.putObject("health");
    parts.forEach((part, health) -> all.put(part.text(), health.text()));
  }
}
