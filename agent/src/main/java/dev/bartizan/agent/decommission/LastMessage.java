// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.decommission;

import dev.bartizan.agent.mqtt.Outbox;
import java.io.IOException;

/** Gets what waits in the outbox out, while the device still can. */
@FunctionalInterface
interface LastMessage {
  /** Returns when the broker has all of it, or has not taken it for long enough. */
  void send(Leaver leaver, Outbox outbox) throws IOException, InterruptedException;
}
