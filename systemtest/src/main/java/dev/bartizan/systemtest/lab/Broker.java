// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** mosquitto, with the configuration that {@code bartizan-fleet init} wrote. */
@TouchesTheWorld("looks for the program")
public final class Broker implements AutoCloseable {
  private final Path directory;
  private final int port;
  private Background process;

  private Broker(Path directory, int port, Background process) {
    this.directory = directory;
    this.port = port;
    this.process = process;
  }

  /**
   * @param directory the operator's; its {@code broker/mosquitto.conf} is used, run as root if we
   *     are root
   */
  public static Broker start(Path directory, int port) throws IOException, InterruptedException {
    return new Broker(directory, port, launch(directory, port));
  }

  private static Background launch(Path directory, int port)
      throws IOException, InterruptedException {
    String program =
        Files.exists(Path.of("/usr/sbin/mosquitto")) ? "/usr/sbin/mosquitto" : "mosquitto";
    Background process =
        Background.start(
            directory.resolve("mosquitto.log"),
            program,
            "-c",
            directory.resolve("broker/mosquitto.conf").toString());
    Patience.await("mosquitto", Duration.ofSeconds(20), () -> Ports.answers(port));
    return process;
  }

  /** Takes it down for a while. */
  public void stop() {
    process.close();
  }

  /** Brings it back. */
  public void restart() throws IOException, InterruptedException {
    process = launch(directory, port);
  }

  @Override
  public void close() {
    process.close();
  }
}
