// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.author.release.ReleaseRefusal.Code;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.delta.format.KnownContent;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** The plain model on the author's disk: hashed once, then read as often as needed. */
@TouchesTheWorld("reads the author's model file")
final class ModelFile implements KnownContent, Closeable {
  /** Keeps a manifest below two megabytes, whatever the model's size. */
  static final int MAX_SHARDS = 16_384;

  /** What devices accept, and hold in memory while they rebuild a model. */
  private static final int MAX_SHARD = 64 << 20;

  private static final int PIECE = 1 << 20;

  private final Path path;
  private final FileChannel file;
  private final BulkCrypto crypto;
  private final Shards shards;
  private final Digest digest;

  private ModelFile(Path path, FileChannel file, BulkCrypto crypto, Shards shards, Digest digest) {
    this.path = path;
    this.file = file;
    this.crypto = crypto;
    this.shards = shards;
    this.digest = digest;
  }

  /**
   * Opens and hashes {@code path}.
   *
   * @throws ReleaseRefusal BAD_MODEL when it is empty or too large
   */
  static ModelFile open(Path path, BulkCrypto crypto, ReleaseProgress progress)
      throws IOException, ReleaseRefusal {
    requireFile(path);
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return hash(path, file, crypto, progress);
    } catch (IOException | ReleaseRefusal unfit) {
      file.close();
      throw unfit;
    }
  }

  static void requireFile(Path path) throws IOException {
    if (!Files.exists(path)) {
      throw new NoSuchFileException(path.toString());
    }
    if (!Files.isRegularFile(path)) {
      throw new IOException(path + ": not a regular file");
    }
  }

  private static ModelFile hash(
      Path path, FileChannel file, BulkCrypto crypto, ReleaseProgress progress)
      throws IOException, ReleaseRefusal {
    Shards.Builder shards = new Shards.Builder(shardSize(path, file.size()), crypto.sha256());
    MessageDigest whole = crypto.sha256();
    forEachPiece(
        file,
        (at, piece, count) -> {
          whole.update(piece, 0, count);
          shards.add(ByteBuffer.wrap(piece, 0, count));
          progress.at("hash", at, file.size());
        });
    return new ModelFile(path, file, crypto, shards.build(), Digest.ofValue(whole.digest()));
  }

  /** The smallest power of two from 1 MiB on that needs at most {@link #MAX_SHARDS}. */
  private static int shardSize(Path path, long length) throws ReleaseRefusal {
    if (length == 0) {
      throw new ReleaseRefusal(Code.BAD_MODEL, path + ": is empty");
    }
    long size = Shards.DEFAULT_SIZE;
    while (size * MAX_SHARDS < length) {
      size *= 2;
    }
    if (size > MAX_SHARD) {
      throw new ReleaseRefusal(Code.BAD_MODEL, path + ": " + length + " bytes are too many");
    }
    return (int) size;
  }

  /**
   * All of it as memory outside the heap, as a runtime takes it.
   *
   * @throws ReleaseRefusal BAD_MODEL when it is more than one model can have
   */
  ByteBuffer mapped() throws IOException, ReleaseRefusal {
    if (length() > Integer.MAX_VALUE) {
      throw new ReleaseRefusal(
          Code.BAD_MODEL, path + ": has 2 GiB or more, which no runtime takes in one file");
    }
    return file.map(FileChannel.MapMode.READ_ONLY, 0, length());
  }

  Shards shards() {
    return shards;
  }

  @Override
  public long length() {
    return shards.length();
  }

  @Override
  public Digest digest() {
    return digest;
  }

  /**
   * Writes the whole model.
   *
   * @throws IOException also when the file is not what was hashed any more
   */
  void copyTo(OutputStream out, ReleaseProgress progress) throws IOException {
    Shards.Builder copied = new Shards.Builder(shards.shardSize(), crypto.sha256());
    forEachPiece(
        file,
        (at, piece, count) -> {
          out.write(piece, 0, count);
          copied.add(ByteBuffer.wrap(piece, 0, count));
          progress.at("encrypt", at, length());
        });
    if (!copied.build().equals(shards)) {
      throw new IOException(path + ": changed while it was read");
    }
  }

  @Override
  public void read(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = file.read(target, at);
      if (count < 0) {
        throw new EOFException(path + ": ends at " + at);
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /** Takes the first {@code count} bytes of {@code piece}, which end at {@code end} in the file. */
  @FunctionalInterface
  private interface PieceReader {
    void take(long end, byte[] piece, int count) throws IOException;
  }

  private static void forEachPiece(FileChannel file, PieceReader reader) throws IOException {
    byte[] piece = new byte[PIECE];
    ByteBuffer buffer = ByteBuffer.wrap(piece);
    long at = 0;
    for (int count = file.read(buffer, at); count >= 0; count = file.read(buffer, at)) {
      at += count;
      reader.take(at, piece, count);
      buffer.clear();
    }
  }
}
