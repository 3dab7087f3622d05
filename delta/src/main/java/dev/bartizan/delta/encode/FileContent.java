// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.delta.format.KnownContent;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;

/** An ordinary file as content whose digest is known: hashed once when it is opened. */
@TouchesTheWorld("reads the operator's files")
public final class FileContent implements KnownContent, Closeable {
  private static final int PIECE = 1 << 20;

  private final FileChannel file;
  private final long length;
  private final Digest digest;

  private FileContent(FileChannel file, long length, Digest digest) {
    this.file = file;
    this.length = length;
    this.digest = digest;
  }

  /** Opens and hashes {@code path}; the file must not change until this is closed. */
  public static FileContent open(Path path) throws IOException {
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      return new FileContent(file, file.size(), hash(file));
    } catch (IOException broken) {
      file.close();
      throw broken;
    }
  }

  private static Digest hash(FileChannel file) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    ByteBuffer piece = ByteBuffer.allocate(PIECE);
    while (file.read(piece) >= 0) {
      sha256.update(piece.flip());
      piece.clear();
    }
    return Digest.ofValue(sha256.digest());
  }

  @Override
  public long length() {
    return length;
  }

  @Override
  public Digest digest() {
    return digest;
  }

  @Override
  public void read(long position, ByteBuffer target) throws IOException {
    long at = position;
    while (target.hasRemaining()) {
      int count = file.read(target, at);
      if (count < 0) {
        throw new EOFException("the file ends at " + at);
      }
      at += count;
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
