// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.eclipse.jetty.io.Connection;

/**
 * Everybody who is connected. A user has a number of connections; one more closes the one that has
 * waited longest for its client. Thread-safe.
 */
final class Clients implements Connection.Listener {
  static final int PER_USER = 128;
  static final int ALL = 512;

  /** The longest idle first; then those with a request, in the order they came. */
  private static final Comparator<Client> IDLE_FIRST =
      Comparator.comparing((Client it) -> !it.isIdle())
          .thenComparingLong(it -> it.isIdle() ? it.idleSince() : 0);

  private final LongSupplier nanoTime;
  private final ClientPace pace;

  /** In the order they came. */
  private final Map<Connection, Client> open = new LinkedHashMap<>();

  Clients(LongSupplier nanoTime, ClientPace pace) {
    this.nanoTime = nanoTime;
    this.pace = pace;
  }

  @Override
  public void onOpened(Connection connection) {
    Client client = new Client(connection, Peer.of(connection.getEndPoint()), nanoTime.getAsLong());
    List<Client> rivals = new ArrayList<>();
    synchronized (this) {
      List<Client> ofUser =
          open.values().stream().filter(it -> it.user().equals(client.user())).toList();
      if (ofUser.size() >= PER_USER) {
        rivals.addAll(ofUser);
      } else if (open.size() >= ALL) {
        rivals.addAll(open.values());
      }
      open.put(connection, client);
    }
    if (!rivals.isEmpty() && rivals.stream().sorted(IDLE_FIRST).noneMatch(this::makeRoom)) {
      connection.close();
    }
  }

  /** Of two connections that ask the same rival at once, one has to ask another. */
  private boolean makeRoom(Client rival) {
    if (!rival.giveWay() || !forget(rival)) {
      return false;
    }
    rival.close();
    return true;
  }

  /** Whether it was still known: that its connection has ended is told later. */
  private synchronized boolean forget(Client client) {
    return open.values().remove(client);
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    open.remove(connection);
  }

  /** The client of a connection that is open, or was until just now. */
  synchronized Client of(Connection connection) {
    Client known = open.get(connection);
    return known != null
        ? known
        : new Client(connection, Peer.of(connection.getEndPoint()), nanoTime.getAsLong());
  }

  /** Ends whatever is too slow by now. */
  void sweep() {
    List<Client> all;
    synchronized (this) {
      all = List.copyOf(open.values());
    }
    long now = nanoTime.getAsLong();
    all.forEach(client -> client.look(now, pace));
  }
}
