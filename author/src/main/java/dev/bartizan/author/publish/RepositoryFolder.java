// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.publish;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.updater.disk.DurableFiles;
import dev.bartizan.updater.disk.ServedFolder;
import dev.bartizan.updater.tuf.MetadataSource;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Objects;
import java.util.Optional;

/** The served directory. Readers see a file whole or not at all; what was reported is durable. */
@TouchesTheWorld("the directory a static HTTP server serves")
public final class RepositoryFolder implements MetadataSource {
  private static final String METADATA = "metadata";
  private static final String TARGETS = "targets";
  private static final String INCOMING = ".incoming";
  private static final int BUFFER_BYTES = 1 << 20;

  /** Length in bytes and digest of a stored file. */
  record Stored(long length, Digest sha256) {}

  private final Path root;
  private final DurableFiles files = new DurableFiles();

  public RepositoryFolder(Path root) {
    this.root = root.toAbsolutePath();
  }

  /** Where it is. */
  public Path path() {
    return root;
  }

  @Override
  public Optional<byte[]> find(String fileName, int limit) throws IOException {
    try (InputStream file = Files.newInputStream(root.resolve(METADATA).resolve(fileName))) {
      return Optional.of(file.readNBytes(limit + 1));
    } catch (NoSuchFileException none) {
      return Optional.empty();
    }
  }

  /** Replaces or makes a metadata file. */
  void writeMetadata(String fileName, byte[] content) throws IOException {
    Path file = root.resolve(METADATA).resolve(fileName);
    ServedFolder.make(Objects.requireNonNull(file.getParent()));
    files.replace(file, content, DurableFiles.PUBLIC);
  }

  /** Takes in a target's content; its name follows from what it turns out to be. */
  Stored store(NewTarget target) throws IOException {
    Path incoming = root.resolve(TARGETS).resolve(target.path() + INCOMING);
    ServedFolder.make(Objects.requireNonNull(incoming.getParent()));
    NewTarget.Content content = target.content();
    if (content instanceof NewTarget.InMemory memory) {
      Files.write(incoming, memory.bytes().toArray());
    } else if (content instanceof NewTarget.MoveOf move) {
      Files.move(move.file(), incoming, StandardCopyOption.REPLACE_EXISTING);
    } else if (content instanceof NewTarget.CopyOf copy) {
      Files.copy(copy.file(), incoming, StandardCopyOption.REPLACE_EXISTING);
    }
    // Hashed where it lies now: the digest is of what is served, not of what was meant.
    Stored stored = digest(incoming);
    Path place = root.resolve(TARGETS).resolve(target.storedName(stored.sha256().hex()));
    ServedFolder.open(incoming);
    files.publish(incoming, place, root);
    return stored;
  }

  private static Stored digest(Path file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    long length = 0;
    ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER_BYTES);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      while (channel.read(buffer.clear()) >= 0) {
        length += buffer.flip().remaining();
        sha256.update(buffer);
      }
    }
    return new Stored(length, Digest.ofValue(sha256.digest()));
  }
}
