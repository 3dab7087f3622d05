package dev.bartizan.fleet.command;

import dev.bartizan.fleet.identity.Credentials;
import dev.bartizan.fleet.identity.OperatorDirectory;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** A real broker on loopback that wants a client certificate of the fleet's authority. */
final class Mosquitto implements AutoCloseable {
  private final Process process;
  private final int port;

  private Mosquitto(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static Mosquitto start(Path folder, OperatorDirectory fleet) throws IOException {
    int port = freePort();
    Path configuration = folder.resolve("mosquitto.conf");
    Files.writeString(
        configuration,
        """
        user root
        allow_anonymous true
        listener %d 127.0.0.1
        cafile %s
        certfile %s
        keyfile %s
        require_certificate true
        """
            .formatted(
                port,
                fleet.path("ca/ca.pem"),
                fleet.path(Credentials.BROKER + ".pem"),
                fleet.path(Credentials.BROKER + ".key")));
    Process process =
        new ProcessBuilder("mosquitto", "-c", configuration.toString())
            .redirectErrorStream(true)
            .start();
    Mosquitto broker = new Mosquitto(process, port);
    broker.awaitRunning();
    return broker;
  }

  int port() {
    return port;
  }

  private void awaitRunning() throws IOException {
    BufferedReader log = process.inputReader(StandardCharsets.UTF_8);
    StringBuilder seen = new StringBuilder();
    for (String line = log.readLine(); line != null; line = log.readLine()) {
      seen.append(line).append('\n');
      if (line.endsWith(" running")) {
        return;
      }
    }
    throw new IOException("mosquitto did not start: " + seen);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    process.destroy();
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while stopping mosquitto", interrupted);
    }
  }
}
