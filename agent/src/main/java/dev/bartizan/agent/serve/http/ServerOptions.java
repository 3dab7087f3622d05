// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.http;

import java.nio.file.Path;
import java.time.Duration;
import java.util.OptionalInt;
import java.util.function.LongSupplier;

/**
 * Where a {@link LocalServer} listens, and how much it takes on.
 *
 * @param socket the Unix socket; its directory exists, and who may enter that decides before the
 *     socket's own mode does
 * @param permissions of the socket file, as {@code rw-rw----}
 * @param loopbackPort a TCP port on 127.0.0.1 besides; 0 for any free one
 * @param threads requests answered at once; more wait
 * @param pace how slow a client may be
 * @param drain how long stopping waits for requests under way
 * @param memory what all requests together may hold
 * @param nanoTime monotonic nanoseconds, by which clients are found slow
 */
public record ServerOptions(
    Path socket,
    String permissions,
    OptionalInt loopbackPort,
    int threads,
    ClientPace pace,
    Duration drain,
    MemoryBudget memory,
    LongSupplier nanoTime) {

  /** Owner and group may connect; no TCP; eight requests at once. */
  public static ServerOptions on(Path socket) {
    return new ServerOptions(
        socket,
        "rw-rw----",
        OptionalInt.empty(),
        8,
        ClientPace.DEFAULT,
        Duration.ofSeconds(10),
        MemoryBudget.ofHeap(Runtime.getRuntime().maxMemory()),
        System::nanoTime);
  }

  public ServerOptions withPermissions(String newPermissions) {
    return new ServerOptions(
        socket, newPermissions, loopbackPort, threads, pace, drain, memory, nanoTime);
  }

  public ServerOptions withLoopbackPort(int port) {
    return new ServerOptions(
        socket, permissions, OptionalInt.of(port), threads, pace, drain, memory, nanoTime);
  }

  public ServerOptions withThreads(int newThreads) {
    return new ServerOptions(
        socket, permissions, loopbackPort, newThreads, pace, drain, memory, nanoTime);
  }

  public ServerOptions withDrain(Duration newDrain) {
    return new ServerOptions(
        socket, permissions, loopbackPort, threads, pace, newDrain, memory, nanoTime);
  }

  public ServerOptions withMemory(MemoryBudget newMemory) {
    return new ServerOptions(
        socket, permissions, loopbackPort, threads, pace, drain, newMemory, nanoTime);
  }

  public ServerOptions withClock(LongSupplier clock) {
    return new ServerOptions(
        socket, permissions, loopbackPort, threads, pace, drain, memory, clock);
  }
}
