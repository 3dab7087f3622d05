package dev.bartizan.updater.install;

import java.util.Optional;

/** Which deployments may begin. */
final class Admissions {
  private Admissions() {}

  static void check(JournalPage page, Deployment deployment) throws InstallRefusal {
    requireIdle(page);
    Component component = page.components().named(deployment.component());
    Release to = deployment.to();
    if (component.activeRelease().filter(it -> it.manifest().equals(to.manifest())).isPresent()) {
      throw new InstallRefusal(
          InstallRefusal.Code.ALREADY_ACTIVE, component.name() + ": " + to + " is active");
    }
    Optional<Rejected> rejected = component.findRejected(to);
    if (rejected.isPresent() && deployment.cause().kind() != Cause.Kind.COMMAND) {
      throw new InstallRefusal(
          InstallRefusal.Code.KNOWN_BAD,
          component.name() + ": " + to + " failed before: " + rejected.get().reason());
    }
  }

  static Deployment backward(JournalPage page, String id, String name, Cause cause)
      throws InstallRefusal {
    requireIdle(page);
    Component component = page.components().named(name);
    if (component.previous().isEmpty()) {
      throw new InstallRefusal(
          InstallRefusal.Code.NO_PREVIOUS, name + ": no earlier release is kept");
    }
    return new Deployment(
        OneLine.require("deployment id", id, 200),
        Deployment.Kind.ROLL_BACK,
        name,
        component.activeRelease(),
        component.previous().get(0).release(),
        cause,
        Optional.empty());
  }

  static void requireIdle(JournalPage page) throws InstallRefusal {
    if (page.current().isPresent()) {
      Progress progress = page.current().get();
      throw new InstallRefusal(
          InstallRefusal.Code.BUSY,
          "deployment " + progress.deployment().id() + " is " + progress.state().text());
    }
  }
}
