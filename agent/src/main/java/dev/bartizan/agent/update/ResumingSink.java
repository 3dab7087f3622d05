// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.envelope.ArtifactSealer;
import dev.bartizan.updater.store.ObjectWriter;
import dev.bartizan.updater.store.StoreRefusal;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a file that is sealed again on its way into the store, but for what is there already:
 * sealing the same plaintext gives the same bytes.
 */
final class ResumingSink implements ArtifactSealer.Sink {
  private final ObjectWriter writer;
  private long there;

  /**
   * @param position where in the sealed file the first byte belongs that comes
   */
  ResumingSink(ObjectWriter writer, long position) {
    this.writer = writer;
    this.there = Math.max(0, writer.size() - position);
  }

  @Override
  public void write(ByteBuffer sealed) throws IOException {
    int known = (int) Math.min(there, sealed.remaining());
    there -= known;
    sealed.position(sealed.position() + known);
    try {
      writer.append(sealed);
    } catch (StoreRefusal tooLong) {
      throw new IOException("the rebuilt model is longer than the published one", tooLong);
    }
  }
}
