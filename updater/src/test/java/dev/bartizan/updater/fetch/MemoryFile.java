// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.fetch;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A partial file in memory that keeps the port's promises. */
final class MemoryFile implements ResumableFile {
  /** The finished bytes were not the signed ones. */
  static final class WrongDigest extends Refusal {
    private static final long serialVersionUID = 1L;

    WrongDigest() {
      super("wrong digest");
    }

    @Override
    public String code() {
      return "HASH_MISMATCH";
    }
  }

  private final Digest signed;
  private final ByteArrayOutputStream content = new ByteArrayOutputStream();
  private int room = Integer.MAX_VALUE;
  private boolean finished;
  private int durable;

  MemoryFile(Digest signed) {
    this.signed = signed;
  }

  @Override
  public long size() {
    return content.size();
  }

  /** From so many bytes on the disk is full. */
  void limitTo(int bytes) {
    room = bytes;
  }

  @Override
  public void append(ByteBuffer bytes) throws IOException {
    if (content.size() + bytes.remaining() > room) {
      throw new IOException("objects/1: No space left on device");
    }
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    content.writeBytes(copy);
  }

  @Override
  public void checkpoint() {
    durable = content.size();
  }

  @Override
  public void restart() {
    content.reset();
    durable = 0;
  }

  @Override
  public void finish() throws Refusal {
    if (!Digest.of(content.toByteArray()).equals(signed)) {
      restart();
      throw new WrongDigest();
    }
    finished = true;
  }

  boolean isFinished() {
    return finished;
  }

  int durable() {
    return durable;
  }

  byte[] content() {
    return content.toByteArray();
  }
}
