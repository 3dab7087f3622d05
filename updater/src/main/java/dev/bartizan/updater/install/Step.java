// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/**
 * What one {@link Installer#advance} did: tells the caller when to call again.
 *
 * @param state where the deployment under way stands now
 * @param reason what is waited for; else empty
 */
public record Step(Kind kind, UpdateState state, String reason) {
  /** How to go on. */
  public enum Kind {
    /** Nothing to do until something is requested. */
    IDLE,
    /** Something was done; call again at once. */
    DONE,
    /** What is waited for was foreseen: a window, a budget, a verdict; call again after a pause. */
    WAITING,
    /**
     * The world does not play along, for a reason that nobody planned; call again after a pause.
     */
    HINDERED
  }
}
