// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * The plaintext of an artifact as a stream; each chunk is verified before its first byte is read.
 */
final class PlaintextStream extends InputStream {
  /** A chunk that was changed, on its way through a reader that knows only streams. */
  static final class BadChunk extends IOException {
    private static final long serialVersionUID = 1L;
    private final EnvelopeRefusal refusal;

    BadChunk(EnvelopeRefusal refusal) {
      super(refusal);
      this.refusal = refusal;
    }

    EnvelopeRefusal refusal() {
      return refusal;
    }
  }

  private final EncryptedArtifact.Reader reader;
  private final long length;
  private long position;

  PlaintextStream(EncryptedArtifact artifact) {
    this.reader = artifact.reader();
    this.length = artifact.length();
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int count) throws IOException {
    if (position == length) {
      return count == 0 ? 0 : -1;
    }
    try {
      int read = reader.read(position, ByteBuffer.wrap(target, offset, count));
      position += read;
      return read;
    } catch (EnvelopeRefusal tampered) {
      throw new BadChunk(tampered);
    }
  }

  @Override
  public void close() {
    reader.wipe();
  }
}
