package dev.bartizan.agent.serve.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;

/**
 * Where a {@link LocalServer} listens, and how much it takes on.
 *
 * @param socket the Unix socket; its directory exists, and who may enter that decides before the
 *     socket's own mode does
 * @param permissions of the socket file, as {@code rw-rw----}
 * @param loopbackPort a TCP port on 127.0.0.1 besides; 0 for any free one
 * @param threads requests answered at once; more wait
 * @param idle how long a silent connection is kept
 * @param drain how long stopping waits for requests under way
 */
public record ServerOptions(
    Path socket,
    String permissions,
    OptionalInt loopbackPort,
    int threads,
    Duration idle,
    Duration drain) {

  /** Owner and group may connect; no TCP; eight requests at once. */
  public static ServerOptions on(Path socket) {
    return new ServerOptions(
        socket,
        "rw-rw----",
        OptionalInt.empty(),
        8,
        Duration.ofSeconds(30),
        Duration.ofSeconds(10));
  }

  public ServerOptions withPermissions(String newPermissions) {
    return new ServerOptions(socket, newPermissions, loopbackPort, threads, idle, drain);
  }

  public ServerOptions withLoopbackPort(int port) {
    return new ServerOptions(socket, permissions, OptionalInt.of(port), threads, idle, drain);
  }

  public ServerOptions withThreads(int newThreads) {
    return new ServerOptions(socket, permissions, loopbackPort, newThreads, idle, drain);
  }

  public ServerOptions withDrain(Duration newDrain) {
    return new ServerOptions(socket, permissions, loopbackPort, threads, idle, newDrain);
  }
}
