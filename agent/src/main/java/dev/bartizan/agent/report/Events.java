// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.agent.command.Reply;
import dev.bartizan.agent.mqtt.Message;
import dev.bartizan.agent.mqtt.Outbox;
import dev.bartizan.updater.disk.Disk;
import java.io.IOException;
import java.time.InstantSource;

/** What leaves the device by itself: what is wrong now, and what has happened. */
public final class Events {
  private final ActiveAlarms alarms = new ActiveAlarms();
  private final Outbox outbox;
  private final EventPublisher publisher;

  /** With what waited on disk to be sent. */
  public Events(Disk disk, InstantSource clock) throws IOException {
    this.outbox = Outbox.open(disk);
    this.publisher = new EventPublisher(alarms, outbox, clock);
  }

  public ActiveAlarms alarms() {
    return alarms;
  }

  public Outbox outbox() {
    return outbox;
  }

  /** Sends a device's answer to a command as everything else is sent: when there is a link. */
  public void answer(Reply reply) throws IOException {
    outbox.put(new Message(Message.Channel.RESPONSE, reply.toJson()));
  }

  public EventPublisher publisher() {
    return publisher;
  }
}
