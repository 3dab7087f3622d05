package dev.bartizan.updater.install;

import java.time.Instant;
import java.util.Optional;

/**
 * What somebody wants installed.
 *
 * @param id names the deployment; the same id is carried out once. 1 to 200 printable characters
 * @param component the model, by name
 * @param to the release it shall become
 * @param cause who wants it
 * @param notAfter give up when activation has not begun by then
 */
public record Order(
    String id, String component, Release to, Cause cause, Optional<Instant> notAfter) {
  public Order {
    OneLine.require("deployment id", id, 200);
    OneLine.require("component", component, 100);
  }
}
