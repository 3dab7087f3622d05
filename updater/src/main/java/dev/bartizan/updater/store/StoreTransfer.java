// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.store;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.ResumableFile;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A download on its way into the object store. Close it to go on another time. */
public final class StoreTransfer implements ResumableFile, Closeable {
  private final ObjectWriter writer;

  public StoreTransfer(ObjectWriter writer) {
    this.writer = writer;
  }

  @Override
  public long size() {
    return writer.size();
  }

  @Override
  public void append(ByteBuffer content) throws IOException {
    try {
      writer.append(content);
    } catch (StoreRefusal bug) {
      throw new IllegalStateException("the download keeps to the signed length", bug);
    }
  }

  @Override
  public void checkpoint() throws IOException {
    writer.sync();
  }

  @Override
  public void restart() throws IOException {
    writer.restart();
  }

  @Override
  public void finish() throws IOException, Refusal {
    try {
      writer.finish();
    } catch (StoreRefusal wrong) {
      // Another server may have the right bytes: all of them again, from the first.
      writer.restart();
      throw wrong;
    }
  }

  @Override
  public void close() throws IOException {
    writer.close();
  }
}
