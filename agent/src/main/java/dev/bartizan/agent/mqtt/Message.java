// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.crypto.Bytes;

/**
 * Something for the fleet.
 *
 * @param channel what kind of thing, which decides where it goes
 * @param payload JSON
 */
public record Message(Channel channel, Bytes payload) {
  /** Where messages go, and in which order they are given up when there is no room. */
  public enum Channel {
    /** Ordinary news; the first to go. */
    TELEMETRY,
    /** What must not be lost: how deployments ended, what was refused. */
    EVENT,
    /** The answer to a command. */
    RESPONSE;

    /** The last segment of the topic. */
    public String topic() {
      return switch (this) {
        case TELEMETRY -> "telemetry";
        case EVENT -> "event";
        case RESPONSE -> "response";
      };
    }
  }
}
