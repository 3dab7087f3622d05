package dev.bartizan.fleet.cli;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that comes into being whole or not at all: closing it uncommitted leaves no trace. */
@TouchesTheWorld("writes the operator's files")
final class OutputFile implements Closeable {
  private final Path target;
  private final Path temporary;
  private final FileChannel channel;

  private OutputFile(Path target, Path temporary, FileChannel channel) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
  }

  /** Starts writing beside {@code target}, which stays as it is until {@link #commit}. */
  static OutputFile create(Path target) throws IOException {
    Path temporary = target.resolveSibling(target.getFileName() + ".part");
    FileChannel channel =
        FileChannel.open(
            temporary,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE);
    return new OutputFile(target, temporary, channel);
  }

  void write(ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      channel.write(content);
    }
  }

  /** The same file as a stream; closing the stream closes the file. */
  OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /** Everything is written and right: makes it durable under its name. */
  void commit() throws IOException {
    channel.force(true);
    channel.close();
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    channel.close();
    Files.deleteIfExists(temporary);
  }
}
