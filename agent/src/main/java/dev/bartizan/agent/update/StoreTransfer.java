package dev.bartizan.agent.update;

import dev.bartizan.crypto.Refusal;
import dev.bartizan.updater.fetch.Partial;
import dev.bartizan.updater.store.ObjectWriter;
import dev.bartizan.updater.store.StoreRefusal;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A download on its way into the object store. */
final class StoreTransfer implements Partial {
  private final ObjectWriter writer;

  StoreTransfer(ObjectWriter writer) {
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
  public void seal() throws IOException, Refusal {
    writer.seal();
  }
}
