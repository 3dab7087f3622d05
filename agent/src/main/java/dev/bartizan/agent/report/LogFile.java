// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.report;

import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.protocol.evidence.AgentLog;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file in the runtime directory: that is in memory, so a boot begins without one, and {@code
 * RuntimeDirectoryPreserve=} keeps it while the service is restarted.
 */
@TouchesTheWorld("the agent's log, in the runtime directory")
public record LogFile(Path file) implements LogPlace {
  private static final String NAME = "measurements.json";

  /** The one beside this socket, which is in the runtime directory. */
  public static LogFile beside(Path socket) {
    return new LogFile(socket.toAbsolutePath().resolveSibling(NAME));
  }

  @Override
  public Optional<byte[]> read() throws IOException {
    if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.empty();
    }
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      return Optional.of(in.readNBytes(AgentLog.MAX_LENGTH + 1));
    }
  }

  @Override
  public void write(byte[] log) throws IOException {
    Path directory = file.resolveSibling(".");
    Path fresh = file.resolveSibling(NAME + ".new");
    Files.createDirectories(directory);
    Files.deleteIfExists(fresh);
    try (FileChannel out =
        FileChannel.open(
            fresh,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      for (ByteBuffer rest = ByteBuffer.wrap(log); rest.hasRemaining(); ) {
        out.write(rest);
      }
      out.force(true);
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel entries = FileChannel.open(directory, StandardOpenOption.READ)) {
      entries.force(true);
    }
  }
}
