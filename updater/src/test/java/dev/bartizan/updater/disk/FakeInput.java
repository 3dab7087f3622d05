// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import java.nio.ByteBuffer;

/** A file of a {@link FakeDisk} that is read; gone with the power. */
final class FakeInput implements Disk.Input {
  private final FakeDisk disk;
  private final FakeFile file;
  private boolean closed;

  FakeInput(FakeDisk disk, FakeFile file) {
    this.disk = disk;
    this.file = file;
  }

  @Override
  public long size() {
    usable();
    return file.length();
  }

  @Override
  public int read(long position, ByteBuffer target) {
    usable();
    return file.read(position, target);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void usable() {
    disk.alive();
    if (closed) {
      throw new IllegalStateException("read after close");
    }
  }
}
