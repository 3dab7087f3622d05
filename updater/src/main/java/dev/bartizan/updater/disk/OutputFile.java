// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import dev.bartizan.crypto.TouchesTheWorld;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HexFormat;
import java.util.Set;

/**
 * What a command writes to where its user said: one way for all commands of both sides.
 *
 * <p>A file comes into being whole or not at all, under a name that nobody could foresee and that
 * was free; closing it uncommitted leaves no trace. What is no file (a device, a pipe, {@code
 * /dev/stdout}) is written through and stays what it is. A link to a file is replaced, and what it
 * leads to is left alone.
 */
@TouchesTheWorld("the file named on the command line")
public final class OutputFile implements Closeable {
  private static final int NAME_BYTES = 12;
  private static final int TRIES = 3;

  private final Path target;
  private final Path temporary;
  private final FileChannel channel;
  private final boolean isThrough;

  private OutputFile(Path target, Path temporary, FileChannel channel, boolean isThrough) {
    this.target = target;
    this.temporary = temporary;
    this.channel = channel;
    this.isThrough = isThrough;
  }

  /**
   * Starts writing beside {@code target}, which stays as it is until {@link #commit}.
   *
   * @param inputs what is read for it: the target must be none of them, under whatever name
   */
  public static OutputFile create(Path target, Path... inputs) throws IOException {
    return create(target, new FileAttribute<?>[0], inputs);
  }

  /** The same for a secret: a file that only its owner may read, from the first byte on. */
  public static OutputFile createPrivate(Path target) throws IOException {
    return create(
        target,
        new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        });
  }

  private static OutputFile create(Path target, FileAttribute<?>[] attributes, Path... inputs)
      throws IOException {
    Path absolute = target.toAbsolutePath();
    for (Path input : inputs) {
      requireOther(target, input);
    }
    if (Files.isDirectory(absolute)) {
      throw new FileSystemException(target.toString(), null, "is a directory");
    }
    if (isThrough(absolute)) {
      // Appending: what a shell redirected to a file has gone on from where the shell was.
      FileChannel open =
          FileChannel.open(absolute, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
      return new OutputFile(absolute, absolute, open, true);
    }
    return beside(absolute, attributes);
  }

  /**
   * Refuses to write to what is read, under whatever name.
   *
   * @throws FileSystemException naming {@code target}
   */
  public static void requireOther(Path target, Path input) throws IOException {
    if (Files.exists(target) && Files.exists(input) && Files.isSameFile(target, input)) {
      throw new FileSystemException(target.toString(), null, "is also read; take another name");
    }
  }

  /** Whether it is there and no plain file, or is one that this process was started with. */
  private static boolean isThrough(Path target) throws IOException {
    if (!Files.exists(target)) {
      return false;
    }
    if (!Files.isRegularFile(target)) {
      return true;
    }
    Path named = target;
    while (Files.isSymbolicLink(named)) {
      Path parent = named.toAbsolutePath().getParent();
      if (parent != null && parent.toRealPath().toString().matches("/proc/\\d+(/task/\\d+)?/fd")) {
        return true;
      }
      named = named.resolveSibling(Files.readSymbolicLink(named));
    }
    return false;
  }

  private static OutputFile beside(Path target, FileAttribute<?>[] attributes) throws IOException {
    byte[] random = new byte[NAME_BYTES];
    for (int i = 1; ; i++) {
      new SecureRandom().nextBytes(random);
      Path temporary =
          target.resolveSibling(
              "." + target.getFileName() + "." + HexFormat.of().formatHex(random) + ".part");
      try {
        FileChannel channel =
            FileChannel.open(
                temporary,
                Set.of(
                    StandardOpenOption.CREATE_NEW,
                    StandardOpenOption.WRITE,
                    LinkOption.NOFOLLOW_LINKS),
                attributes);
        return new OutputFile(target, temporary, channel, false);
      } catch (FileAlreadyExistsException taken) {
        if (i == TRIES) {
          throw taken;
        }
      }
    }
  }

  public void write(ByteBuffer content) throws IOException {
    while (content.hasRemaining()) {
      channel.write(content);
    }
  }

  /** The same file as a stream; closing the stream closes the file. */
  public OutputStream stream() {
    return Channels.newOutputStream(channel);
  }

  /** Everything is written and right: makes it durable under its name. */
  public void commit() throws IOException {
    if (isThrough) {
      channel.close();
      return;
    }
    channel.force(true);
    channel.close();
    Files.move(temporary, target, StandardCopyOption.ATOMIC_MOVE);
    Path folder = target.getParent();
    if (folder != null) {
      try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
        names.force(true);
      }
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
    if (!isThrough) {
      Files.deleteIfExists(temporary);
    }
  }
}
