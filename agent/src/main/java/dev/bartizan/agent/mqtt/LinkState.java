// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.mqtt;

import dev.bartizan.agent.mqtt.BrokerLink.Listener;
import org.jspecify.annotations.Nullable;

/**
 * How a link fares, in words. While it is down the first reason stays beside the latest: what comes
 * later is often only what the first one left behind.
 */
final class LinkState {
  private static final String DOWN = "not connected: ";

  private final Listener listener;
  private String now = "not connected yet";
  private @Nullable String first;

  LinkState(Listener listener) {
    this.listener = listener;
  }

  synchronized String text() {
    return now;
  }

  synchronized void connected() {
    first = null;
    become(BrokerLink.CONNECTED);
  }

  synchronized void broken(String reason) {
    if (first == null) {
      first = reason;
    }
    become(first.equals(reason) ? DOWN + reason : DOWN + reason + " (at first: " + first + ")");
  }

  private void become(String next) {
    if (!next.equals(now)) {
      now = next;
      listener.changed(next);
    }
  }
}
