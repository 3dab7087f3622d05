// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of a {@link FakeDisk} that is written: each write and each sync is a change. */
final class FakeOutput implements Disk.Output {
  private final FakeDisk disk;
  private final FakeFile file;
  private boolean closed;

  FakeOutput(FakeDisk disk, FakeFile file) {
    this.disk = disk;
    this.file = file;
  }

  @Override
  public long size() {
    usable();
    return file.length();
  }

  @Override
  public void write(ByteBuffer content) throws IOException {
    usable();
    disk.change("write");
    try {
      disk.roomFor(file, content.remaining());
    } catch (IOException full) {
      file.append(content, content.remaining() / 2);
      throw full;
    }
    file.append(content, content.remaining());
  }

  @Override
  public void sync() throws IOException {
    usable();
    disk.change("sync");
    file.sync();
  }

  @Override
  public void close() {
    closed = true;
  }

  private void usable() {
    disk.alive();
    if (closed) {
      throw new IllegalStateException("use after close");
    }
  }
}
