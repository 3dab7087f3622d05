// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Message.Channel;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Explanation;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.updater.install.Deployment;
import dev.bartizan.updater.install.InstallListener;
import dev.bartizan.updater.install.Outcome;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.install.UpdateState;
import dev.bartizan.updater.software.SlotFault;
import java.io.IOException;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the log and the fleet what happens. Each kind of event has a stable name, listed in
 * docs/wire-formats.md.
 */
public final class EventPublisher implements InstallListener {
  private static final Logger LOG = LoggerFactory.getLogger(EventPublisher.class);

  private final ActiveAlarms alarms;
  private final Outbox outbox;
  private final InstantSource clock;

  /**
   * @param alarms where those that last are noted
   */
  public EventPublisher(ActiveAlarms alarms, Outbox outbox, InstantSource clock) {
    this.alarms = alarms;
    this.outbox = outbox;
    this.clock = clock;
  }

  @Override
  public void moved(Deployment deployment, UpdateState from, UpdateState to, String reason) {
    LOG.info(
        "update of {} to {}: {}{}",
        deployment.component(),
        deployment.to().version(),
        to.text(),
        reason.isEmpty() ? "" : " (" + reason + ")");
    ObjectNode event =
        event("deployment-moved")
            .put("deployment", deployment.id())
            .put("component", deployment.component().text())
            .put("version", deployment.to().version())
            .put("from", from.text())
            .put("to", to.text())
            .put("reason", reason);
    tell(Channel.TELEMETRY, event);
  }

  /**
   * Keeps the event of an end for the fleet.
   *
   * @throws IOException when it could not be kept: it will be told again
   */
  public void end(Outcome outcome) throws IOException {
    ObjectNode event = event("deployment-ended");
    event.setAll(describe(outcome));
    outbox.put(new Message(Channel.EVENT, Bytes.of(StrictJson.write(event))));
  }

  /** The facts of an end, for events and for the answer to the command that asked for it. */
  public static ObjectNode describe(Outcome outcome) {
    return StrictJson.object()
        .put("deployment", outcome.deployment())
        .put("component", outcome.component().text())
        .put("outcome", outcome.state().text())
        .put("from", outcome.from().map(Release::version).orElse(""))
        .put("version", outcome.to().version())
        .put("release", outcome.to().manifest().hex())
        .put("reason", outcome.reason());
  }

  /** What people put on the device is not what it was: for whoever did not expect that. */
  public void changed(String change) throws IOException {
    LOG.warn("{}", change);
    ObjectNode event = event("provided-file-changed").put("change", change);
    outbox.put(new Message(Channel.EVENT, Bytes.of(StrictJson.write(event))));
  }

  /**
   * Another version of the agent was to run, and did not hold. A problem as long as this one runs.
   */
  public void notStarted(SlotFault fault) throws IOException {
    LOG.warn("{}", fault);
    alarms.raise("software", fault.toString());
    ObjectNode event =
        event("version-not-started").put("slot", fault.slot().text()).put("reason", fault.reason());
    outbox.put(new Message(Channel.EVENT, Bytes.of(StrictJson.write(event))));
  }

  /** Something is wrong, until it is {@link #mended}: told once, and again when it changes. */
  public void problem(String subject, String problem) {
    if (alarms.raise(subject, problem)) {
      incident(subject, problem);
    }
  }

  /** Something is refused, until it is {@link #mended}. */
  public void problem(String subject, Refusal refusal) {
    problem(subject, Explanation.of(refusal));
  }

  /** The subject is in order (again). */
  public void mended(String subject) {
    alarms.clear(subject);
  }

  /** Something was refused, or broke, and that was that: a person may have to act. */
  public void incident(String subject, String problem) {
    LOG.warn("{}: {}", subject, problem);
    tell(Channel.TELEMETRY, event("problem").put("subject", subject).put("problem", problem));
  }

  /** A change of state that only the log is told of. */
  public void note(String message) {
    LOG.info("{}", message);
  }

  private void tell(Channel channel, ObjectNode event) {
    try {
      outbox.put(new Message(channel, Bytes.of(StrictJson.write(event))));
    } catch (IOException notKept) {
      // Telemetry may get lost; the disk's own trouble is reported by whoever needs the disk.
      LOG.warn("event not kept: {}", notKept.getMessage());
    }
  }

  private ObjectNode event(String type) {
    return StrictJson.object().put("event", type).put("time", clock.instant().getEpochSecond());
  }
}
