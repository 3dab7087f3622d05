// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.tuf.ContentCheck;
import dev.bartizan.updater.tuf.TargetFile;
import dev.bartizan.updater.tuf.TufRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * A directory that holds verified files only. What is still coming in lies beside it, so that not
 * even a killed process leaves unverified bytes inside.
 */
@TouchesTheWorld("the directory named on the command line")
final class TargetFolder {
  private static final int BUFFER_BYTES = 1 << 16;

  private final Path directory;

  TargetFolder(Path directory) {
    this.directory = directory.toAbsolutePath().normalize();
  }

  /** Whether the signed content is here already; anything else under its name is no obstacle. */
  boolean holds(TargetFile target) throws IOException {
    Path file = directory.resolve(target.fileName());
    if (!Files.isRegularFile(file)) {
      return false;
    }
    try (FileChannel content = FileChannel.open(file, StandardOpenOption.READ)) {
      ContentCheck check = target.checking();
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      while (content.read(buffer.clear()) >= 0) {
        check.update(buffer.flip());
      }
      check.finish();
      return true;
    } catch (TufRefusal another) {
      return false;
    }
  }

  /**
   * Takes in {@code body}, and shows it under its name once it is found to be what was signed.
   *
   * @throws TufRefusal when it is not; nothing has changed then
   */
  void take(TargetFile target, InputStream body) throws IOException, TufRefusal {
    Files.createDirectories(directory);
    Path incoming = directory.resolveSibling("." + directory.getFileName() + ".incoming");
    try {
      receive(target.checking(), body, incoming);
      Path place = directory.resolve(target.fileName());
      Files.move(incoming, place, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(incoming);
    }
  }

  private static void receive(ContentCheck check, InputStream body, Path incoming)
      throws IOException, TufRefusal {
    try (FileChannel file =
            FileChannel.open(
                incoming,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.WRITE);
        ReadableByteChannel source = Channels.newChannel(body)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
      while (source.read(buffer.clear()) >= 0) {
        check.update(buffer.flip());
        write(file, buffer.rewind());
      }
      check.finish();
      file.force(true);
    }
  }

  private static void write(FileChannel file, ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      file.write(content);
    }
  }
}
