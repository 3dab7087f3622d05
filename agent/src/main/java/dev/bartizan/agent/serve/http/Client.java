// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import org.eclipse.jetty.io.Connection;
import org.jspecify.annotations.Nullable;

/** One connection: whose it is, and what it is at. */
final class Client {
  private final Connection connection;
  private final Object user;
  private @Nullable Exchange exchange;
  private long idleSince;

  Client(Connection connection, Object user, long now) {
    this.connection = connection;
    this.user = user;
    this.idleSince = now;
  }

  Object user() {
    return user;
  }

  synchronized void begin(Exchange begun) {
    exchange = begun;
  }

  synchronized void end(long now) {
    exchange = null;
    idleSince = now;
  }

  /** Ends what is too slow: a request under way, or a connection that brings none. */
  void look(long now, ClientPace pace) {
    Exchange current = current();
    if (current != null) {
      current.look(now, pace);
    } else if (pace.isTooIdle(now - idleSince())) {
      connection.getEndPoint().close();
    }
  }

  /** Ends what is under way, if this one only waits: for its client to ask, to send or to fetch. */
  boolean giveWay() {
    Exchange current = current();
    return current == null || current.giveWay();
  }

  void close() {
    connection.getEndPoint().close();
  }

  boolean isIdle() {
    return current() == null;
  }

  synchronized long idleSince() {
    return idleSince;
  }

  private synchronized @Nullable Exchange current() {
    return exchange;
  }
}
