// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.install;

import java.util.Map;
import java.util.Optional;

/** Which deployments may begin. */
final class Preconditions {
  private Preconditions() {}

  static void check(JournalPage page, Deployment deployment) throws InstallRefusal {
    requireIdle(page);
    requireChange(deployment);
    if (deployment.initiator().kind() != Initiator.Kind.COMMAND) {
      for (Deployment change : deployment.changes().toList()) {
        requireNotRejected(page.components().named(change.component()), change.to());
      }
    }
  }

  /** A suite that is active, but of which a member was replaced, can be requested again. */
  private static void requireChange(Deployment deployment) throws InstallRefusal {
    Release to = deployment.to();
    boolean isSame =
        deployment.from().filter(it -> it.manifest().equals(to.manifest())).isPresent();
    if (isSame && (!deployment.isSuite() || deployment.moves().isEmpty())) {
      throw new InstallRefusal(
          InstallRefusal.Code.ALREADY_ACTIVE, deployment.component() + ": " + to + " is active");
    }
  }

  private static void requireNotRejected(Component component, Release to) throws InstallRefusal {
    Optional<Rejected> rejected = component.findRejected(to);
    if (rejected.isPresent()) {
      throw new InstallRefusal(
          InstallRefusal.Code.KNOWN_BAD,
          component.name() + ": " + to + " failed before: " + rejected.get().reason());
    }
  }

  static Deployment backward(JournalPage page, String id, ComponentName name, Initiator initiator)
      throws InstallRefusal {
    requireIdle(page);
    Component component = page.components().named(name);
    if (component.previous().isEmpty()) {
      throw new InstallRefusal(
          InstallRefusal.Code.NO_PREVIOUS, name + ": no earlier release is kept");
    }
    Installed earlier = component.previous().get(0);
    requireMembers(page.components(), earlier);
    return new Deployment(
        OneLine.require("deployment id", id, 200),
        Deployment.Kind.ROLL_BACK,
        name,
        component.activeRelease(),
        earlier.release(),
        initiator,
        Optional.empty(),
        Deployment.members(earlier.members(), page.components()::active));
  }

  /** A member that was replaced by itself, once and again, may be gone. */
  private static void requireMembers(Components components, Installed suite) throws InstallRefusal {
    for (Map.Entry<ComponentName, Release> member : suite.members().entrySet()) {
      if (components.named(member.getKey()).findHeld(member.getValue()).isEmpty()) {
        throw new InstallRefusal(
            InstallRefusal.Code.NO_PREVIOUS,
            suite.release() + ": " + member.getKey() + " " + member.getValue() + " is not kept");
      }
    }
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
