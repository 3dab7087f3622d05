package dev.bartizan.updater.install;

/** What a transition means for what is installed. */
final class Verdicts {
  private Verdicts() {}

  static Components components(
      Components components, Progress after, UpdateEvent event, Limits limits) {
    Component component = components.named(after.deployment().component());
    return switch (after.state()) {
      case COMMITTED -> components.with(committed(component, after, limits));
      case ROLLING_BACK -> condemned(components, component, after, event);
      // REFUSED says something about who sent the bytes, and FAILED and CANCELLED about the world:
      // nothing is held against the release.
      case IDLE, PLANNED, FETCHING, STAGED, ACTIVATING, PROBATION -> components;
      case ROLLED_BACK, REFUSED, FAILED, CANCELLED -> components;
    };
  }

  private static Component committed(Component component, Progress after, Limits limits) {
    Deployment deployment = after.deployment();
    Installed next = new Installed(deployment.to(), after.objects());
    Component committed = component.commit(next, limits.previousKept());
    return switch (deployment.kind()) {
      case INSTALL -> committed;
      case ROLL_BACK ->
          deployment.from().map(it -> committed.reject(it, "WITHDRAWN")).orElse(committed);
    };
  }

  private static Components condemned(
      Components components, Component component, Progress after, UpdateEvent event) {
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
