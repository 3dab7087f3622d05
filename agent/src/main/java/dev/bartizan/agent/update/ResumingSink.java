// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.updater.store.ObjectWriter;
import dev.bartizan.updater.store.StoreRefusal;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Takes a file that is encrypted again on its way into the store, but for what is there already:
 * encrypting the same plaintext gives the same bytes.
 */
final class ResumingSink implements ArtifactEncryptor.Sink {
  private final ObjectWriter writer;
  private long there;

  /**
   * @param position where in the encrypted file the first byte belongs that comes
   */
  ResumingSink(ObjectWriter writer, long position) {
    this.writer = writer;
    this.there = Math.max(0, writer.size() - position);
  }

  @Override
  public void write(ByteBuffer ciphertext) throws IOException {
    int known = (int) Math.min(there, ciphertext.remaining());
    there -= known;
    ciphertext.position(ciphertext.position() + known);
    try {
      writer.append(ciphertext);
    } catch (StoreRefusal tooLong) {
      throw new IOException("the rebuilt model is longer than the published one", tooLong);
    }
  }
}
