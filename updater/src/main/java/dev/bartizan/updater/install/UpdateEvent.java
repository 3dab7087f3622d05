// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * Something that happened to a deployment.
 *
 * @param reason for people and reports: a stable upper-case code, then details; empty when there is
 *     nothing to say
 * @param required with {@link Kind#FETCHED}: all objects the release needs; else none are known
 */
public record UpdateEvent(Kind kind, String reason, RequiredObjects required) {
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
  }

  static UpdateEvent of(Kind kind) {
    return because(kind, "");
  }

  static UpdateEvent because(Kind kind, String reason) {
    return new UpdateEvent(kind, reason, RequiredObjects.UNKNOWN);
  }

  static UpdateEvent fetched(RequiredObjects required) {
    return new UpdateEvent(Kind.FETCHED, "", required);
  }
}
