// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Feeds the service manager's watchdog while every part lives. One that is stuck ends that, and the
 * manager the process: it starts anew where the state on disk says.
 */
public final class Heartbeat {
  private final DaemonHealth health;
  private final Runnable beat;
  private final Consumer<String> missed;

  /** Of which it has been told already. */
  private Set<Part> told = Set.of();

  /**
   * @param beat tells the service manager that the daemon lives
   * @param missed hears which parts are stuck, once for each set of them
   */
  public Heartbeat(DaemonHealth health, Runnable beat, Consumer<String> missed) {
    this.health = health;
    this.beat = beat;
    this.missed = missed;
  }

  /** Beats if everybody lives. To be called several times within the watchdog's patience. */
  public void beatIfAlive() {
    Map<Part, String> stuck = health.stuck();
    if (stuck.isEmpty()) {
      beat.run();
    } else if (!stuck.keySet().equals(told)) {
      missed.accept(
          stuck.entrySet().stream()
              .map(it -> it.getKey().text() + ": " + it.getValue())
              .collect(Collectors.joining("; ")));
    }
    told = Set.copyOf(stuck.keySet());
  }
}
