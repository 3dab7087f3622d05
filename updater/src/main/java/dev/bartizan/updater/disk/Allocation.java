package dev.bartizan.updater.disk;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/**
 * Blocks for a file that is going to grow. Java cannot ask for them; {@code fallocate} of
 * util-linux, which every Debian has, can. Writing zeros instead would wear the flash twice.
 */
@TouchesTheWorld("runs fallocate(1) on a file of the state directory")
final class Allocation {
  private static final int MESSAGE_MAX = 500;
  private static final long PATIENCE_SECONDS = 60;

  private Allocation() {}

  /**
   * Allocates; false when this system or this file system cannot, and nobody knows whether there is
   * room.
   *
   * @throws IOException when there is no room
   */
  static boolean allocate(Path file, long length) throws IOException {
    Process process;
    try {
      ProcessBuilder command =
          new ProcessBuilder(
              "fallocate", "--keep-size", "--length", Long.toString(length), file.toString());
      command.environment().put("LC_ALL", "C");
      process = command.redirectErrorStream(true).start();
    } catch (IOException noSuchProgram) {
      return false;
    }
    String said =
        new String(process.getInputStream().readNBytes(MESSAGE_MAX), StandardCharsets.UTF_8);
    if (exit(process) == 0) {
      return true;
    }
    if (said.contains("No space left") || said.contains("quota")) {
      throw new IOException("NO_SPACE: " + said.strip());
    }
    return false;
  }

  private static int exit(Process process) throws IOException {
    try {
      if (process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        return process.exitValue();
      }
      process.destroyForcibly();
      throw new IOException("fallocate did not end");
    } catch (InterruptedException stopping) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("the agent is stopping").initCause(stopping);
    }
  }
}
