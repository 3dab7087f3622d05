package dev.bartizan.updater.install;

import java.time.Instant;
import java.util.Optional;

/**
 * An accepted order: one component on its way from one release to another.
 *
 * @param from what was active when it was accepted, and is active until it is committed; empty for
 *     a first installation
 * @param notAfter give up when activation has not begun by then
 */
public record Deployment(
    String id,
    Kind kind,
    String component,
    Optional<Release> from,
    Release to,
    Cause cause,
    Optional<Instant> notAfter) {
  /** Which way it goes. */
  public enum Kind {
    /** To a release that may have to be fetched. */
    INSTALL,
    /** Back to one that is still held; the release it leaves is not wanted any more. */
    ROLL_BACK
  }
}
