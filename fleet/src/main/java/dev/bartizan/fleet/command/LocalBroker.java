// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.command;

import dev.bartizan.crypto.Interrupted;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.disk.SharedDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The mosquitto that runs on this machine with the operator's configuration, if one does. */
@TouchesTheWorld("other processes")
public final class LocalBroker {
  /** Where the configuration has it write its process id, in the operator's directory. */
  public static final String PID_FILE = "broker/mosquitto.pid";

  private static final int MAX_PID = 32;

  private final SharedDirectory directory;

  public LocalBroker(SharedDirectory directory) {
    this.directory = directory;
  }

  /**
   * Has it read its lists anew.
   *
   * @throws IOException when none runs here, or not for us to tell
   */
  public void reload() throws IOException {
    long pid =
        pid().orElseThrow(() -> new IOException("no broker runs with " + directory.path("broker")));
    try {
      Process kill =
          new ProcessBuilder("sh", "-c", "kill -HUP \"$0\"", String.valueOf(pid))
              .redirectErrorStream(true)
              .start();
      if (kill.waitFor() != 0) {
        throw new IOException("process " + pid + " cannot be told to read its lists anew");
      }
    } catch (InterruptedException stopped) {
      throw Interrupted.toIo(stopped, "stopped");
    }
  }

  /** A number that was left behind may be another program's by now. */
  private Optional<Long> pid() throws IOException {
    Optional<byte[]> file = directory.find(PID_FILE, MAX_PID);
    try {
      return file.map(text -> Long.parseLong(new String(text, StandardCharsets.US_ASCII).strip()))
          .filter(LocalBroker::isMosquitto);
    } catch (NumberFormatException notANumber) {
      return Optional.empty();
    }
  }

  private static boolean isMosquitto(long pid) {
    return ProcessHandle.of(pid)
        .flatMap(process -> process.info().command())
        .filter(command -> command.endsWith("/mosquitto"))
        .isPresent();
  }
}
