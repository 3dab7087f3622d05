// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

/** What a transition means for what is installed. */
final class Verdicts {
  private Verdicts() {}

  static Components components(
      Components components, Progress after, UpdateEvent event, Limits limits) {
    return switch (after.state()) {
      case COMMITTED -> committed(components, after, limits);
      case ROLLING_BACK -> condemned(components, after, event);
      // REFUSED says something about who sent the bytes, and FAILED and CANCELLED about the world:
      // nothing is held against the release.
      case IDLE, PLANNED, FETCHING, STAGED, ACTIVATING, PROBATION -> components;
      case ROLLED_BACK, REFUSED, FAILED, CANCELLED -> components;
    };
  }

  /** A suite and all of its members at once: whatever is written down is one page. */
  private static Components committed(Components before, Progress after, Limits limits) {
    Components now = before;
    for (Deployment change : after.deployment().changes().toList()) {
      Installed next =
          new Installed(
              change.to(), after.required().of(change.component()), change.memberReleases());
      now = now.with(now.named(change.component()).commit(next, limits.previousKept()));
    }
    return withdrawn(now, after.deployment());
  }

  /** Of a suite that is left, the suite: which of its members was unwanted, nobody has said. */
  private static Components withdrawn(Components now, Deployment deployment) {
    return switch (deployment.kind()) {
      case INSTALL -> now;
      case ROLL_BACK ->
          deployment
              .from()
              .map(it -> now.with(now.named(deployment.component()).reject(it, "WITHDRAWN")))
              .orElse(now);
    };
  }

  private static Components condemned(Components components, Progress after, UpdateEvent event) {
    Component component = components.named(after.deployment().component());
    return switch (event.kind()) {
      case FAULTY, EXHAUSTED ->
          components.with(component.reject(after.deployment().to(), after.reason()));
      // Called off, or still on the way back from an earlier verdict.
      case CANCEL, RESTARTED -> components;
      case REQUESTED, PLAN_MADE, FETCHED, FIT, ACTIVATED, HEALTHY -> components;
      case RESTORED, NOT_YET, REFUSED, OVERDUE -> components;
    };
  }
}
