// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.schedule;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Feeds the service manager's watchdog while every part lives. One that is stuck ends that, and the
 * manager the process: it starts anew where the state on disk says.
 */
public final class Heartbeat {
  private final List<Pulse> parts;
  private final Runnable beat;
  private final Consumer<String> missed;

  /**
   * @param beat tells the service manager that the daemon lives
   * @param missed hears which part is stuck
   */
  public Heartbeat(List<Pulse> parts, Runnable beat, Consumer<String> missed) {
    this.parts = List.copyOf(parts);
    this.beat = beat;
    this.missed = missed;
  }

  /** Beats if everybody lives. To be called several times within the watchdog's patience. */
  public void beatIfAlive() {
    Optional<String> stuck =
        parts.stream().map(part -> part.stuck().orElse(null)).filter(Objects::nonNull).findFirst();
    stuck.ifPresentOrElse(missed, beat);
  }
}
