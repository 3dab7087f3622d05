package dev.bartizan.updater.install;

import dev.bartizan.crypto.Digest;
import java.util.Set;

/**
 * Something that happened to a deployment.
 *
 * @param reason for people and reports: a stable upper-case code, then details; empty when there is
 *     nothing to say
 * @param objects with {@link Kind#FETCHED}: all objects the release needs; else empty
 */
public record UpdateEvent(Kind kind, String reason, Set<Digest> objects) {
  /** What kind of event; the first seven lead forward. */
  public enum Kind {
    REQUESTED,
    PLAN_MADE,
    FETCHED,
    /** The release passed its golden vectors, and may be activated now. */
    FIT,
    ACTIVATED,
    HEALTHY,
    RESTORED,
    /** The effect returned and wants to be asked again. */
    NOT_YET,
    /** The effect did not return, or could not be done: it is tried again, and counted. */
    RESTARTED,
    /** As RESTARTED, but there are no tries left. */
    EXHAUSTED,
    /** What was offered is unacceptable: a signature, a digest, a name. */
    REFUSED,
    /** The release does not work. */
    FAULTY,
    /** Its time is over. */
    OVERDUE,
    CANCEL
  }

  public UpdateEvent {
    reason = OneLine.of(reason);
    objects = Set.copyOf(objects);
  }

  static UpdateEvent of(Kind kind) {
    return because(kind, "");
  }

  static UpdateEvent because(Kind kind, String reason) {
    return new UpdateEvent(kind, reason, Set.of());
  }

  static UpdateEvent fetched(Set<Digest> objects) {
    return new UpdateEvent(Kind.FETCHED, "", objects);
  }
}
