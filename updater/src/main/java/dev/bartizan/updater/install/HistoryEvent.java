// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.Optional;

/**
 * What happened, to which component, from what to what, why, and by whose signature.
 *
 * @param what the state reached, as {@link UpdateState#text}; or {@link #CHECKPOINT}, {@link
 *     #RECOVERED}
 * @param deployment the deployment's id, empty for what is no part of one
 */
public record HistoryEvent(
    String what,
    String deployment,
    String component,
    Optional<Release> from,
    Optional<Release> to,
    String why,
    Optional<Initiator> by) {
  /** The entries before are elsewhere: the file had grown long, or was damaged. */
  public static final String CHECKPOINT = "checkpoint";

  /** The journal was rebuilt from the entries before. */
  public static final String RECOVERED = "recovered";

  static HistoryEvent step(Progress progress) {
    Deployment deployment = progress.deployment();
    return new HistoryEvent(
        progress.state().text(),
        deployment.id(),
        deployment.component().text(),
        deployment.from(),
        Optional.of(deployment.to()),
        progress.reason(),
        Optional.of(deployment.initiator()));
  }

  static HistoryEvent fellBack(Component before, Component after, String why) {
    return new HistoryEvent(
        UpdateState.ROLLED_BACK.text(),
        "",
        before.name().text(),
        before.activeRelease(),
        after.activeRelease(),
        OneLine.of(why),
        Optional.empty());
  }

  static HistoryEvent checkpoint(String why) {
    return ofDevice(CHECKPOINT, why);
  }

  static HistoryEvent recovered(String why) {
    return ofDevice(RECOVERED, why);
  }

  private static HistoryEvent ofDevice(String what, String why) {
    return new HistoryEvent(
        what, "", "", Optional.empty(), Optional.empty(), OneLine.of(why), Optional.empty());
  }

  boolean isCheckpoint() {
    return what.equals(CHECKPOINT);
  }
}
