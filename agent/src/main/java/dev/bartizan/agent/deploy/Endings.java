// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.report.Events;
import dev.bartizan.agent.update.PlanFile;
import dev.bartizan.updater.install.Initiator;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Outcome;
import java.io.IOException;

/** Ends of deployments: kept for the fleet first, acknowledged to the installer then. */
final class Endings {
  private final Installer installer;
  private final PlanFile plan;
  private final Events events;
  private final ContentKeyMaintenance keys;
  private final SuiteWatch suites;

  Endings(
      Installer installer,
      PlanFile plan,
      Events events,
      ContentKeyMaintenance keys,
      SuiteWatch suites) {
    this.installer = installer;
    this.plan = plan;
    this.events = events;
    this.keys = keys;
    this.suites = suites;
  }

  void report() throws IOException {
    for (Outcome outcome : installer.unacknowledged()) {
      events.publisher().end(outcome);
      if (outcome.initiator().kind() == Initiator.Kind.COMMAND) {
        answer(outcome);
      }
      if (installer.current().isEmpty()) { // Else it is that of the next one.
        plan.remove();
      }
      installer.acknowledge(outcome.deployment());
      keys.forgetOthers();
      suites.look();
    }
  }

  private void answer(Outcome outcome) throws IOException {
    Reply reply =
        Reply.ended(outcome.deployment(), EventPublisher.describe(outcome), outcome.state());
    events.answer(reply);
  }
}
