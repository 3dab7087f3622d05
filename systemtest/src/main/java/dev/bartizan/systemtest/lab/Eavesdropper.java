// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.lab;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Somebody who got hold of the broker: hears every command, and can send it again. Uses Debian's
 * mosquitto clients with the operator's own certificate.
 */
@TouchesTheWorld("files for the clients")
public final class Eavesdropper implements AutoCloseable {
  private final Path directory;
  private final int port;
  private final Path heard;
  private final Background listener;

  private Eavesdropper(Path directory, int port, Path heard, Background listener) {
    this.directory = directory;
    this.port = port;
    this.heard = heard;
    this.listener = listener;
  }

  /** Listens to all commands from now on. */
  static Eavesdropper start(Operator operator, int port, Path heard) throws IOException {
    Path directory = operator.directory();
    String[] command =
        with(directory, port, "mosquitto_sub", "-q", "1", "-t", "bartizan/+/command", "-F", "%p");
    return new Eavesdropper(directory, port, heard, Background.start(heard, command));
  }

  /** The commands heard so far: compact JWS. */
  public List<String> commands() throws IOException {
    return Files.exists(heard) ? Files.readString(heard).strip().lines().toList() : List.of();
  }

  /** Sends {@code payload} to a device as a command. */
  public void send(String ueid, String payload) throws IOException, InterruptedException {
    String[] command =
        with(
            directory,
            port,
            "mosquitto_pub",
            "-q",
            "1",
            "-t",
            "bartizan/" + ueid + "/command",
            "-m",
            payload);
    new Program(command).run().expect(0);
  }

  private static String[] with(Path directory, int port, String... command) {
    List<String> all = new java.util.ArrayList<>(List.of(command));
    all.addAll(
        List.of(
            "-h",
            "localhost",
            "-p",
            String.valueOf(port),
            "--cafile",
            directory.resolve("ca/ca.pem").toString(),
            "--cert",
            directory.resolve("operator/operator.pem").toString(),
            "--key",
            directory.resolve("operator/operator.key").toString()));
    return all.toArray(String[]::new);
  }

  @Override
  public void close() {
    listener.close();
  }
}
