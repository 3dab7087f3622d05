// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.deploy;

import dev.bartizan.agent.report.EventPublisher;
import dev.bartizan.agent.schedule.Subsystem;
import dev.bartizan.agent.update.DistantPayloads;
import dev.bartizan.updater.install.Installer;
import dev.bartizan.updater.install.Progress;
import dev.bartizan.updater.install.Step;
import java.io.IOException;
import java.time.Duration;

/** Takes the deployment under way on, one durable step at a time. */
final class UpdateSteps {
  /** While something is waited for that gives no sign of its own: a probation. */
  private static final Duration WAITING = Duration.ofMillis(200);

  /** What keeps a deployment waiting that nobody planned to wait for. */
  private static final String UPDATE = "update";

  private final Installer installer;
  private final DistantPayloads payloads;
  private final EventPublisher publisher;
  private volatile String waitingFor = "";

  UpdateSteps(Installer installer, DistantPayloads payloads, EventPublisher publisher) {
    this.installer = installer;
    this.payloads = payloads;
    this.publisher = publisher;
  }

  /** What the deployment under way waits for; empty when it does not wait. */
  String waitingFor() {
    return waitingFor;
  }

  /** One step; returns how long to wait before the next. */
  Duration advance() throws IOException {
    if (!payloads.isQuietBut(installer.current().map(Progress::deployment))) {
      return Subsystem.TROUBLE; // What one has gathered is not cleared away while it still gathers.
    }
    Step step = installer.advance();
    waitingFor = step.reason();
    if (step.kind() == Step.Kind.HINDERED) {
      publisher.problem(UPDATE, step.reason());
    } else {
      publisher.mended(UPDATE);
    }
    return switch (step.kind()) {
      case HINDERED -> Subsystem.TROUBLE;
      case DONE -> Duration.ZERO;
      case WAITING -> step.state().isOnTrial() ? WAITING : Subsystem.TROUBLE;
      case IDLE -> Subsystem.IDLE;
    };
  }
}
