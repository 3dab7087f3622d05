// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.envelope.ArtifactSealer;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Plaintext in, ciphertext out; ending the artifact is left to the sealer's owner. */
final class SealingStream extends OutputStream {
  private final ArtifactSealer sealer;

  SealingStream(ArtifactSealer sealer) {
    this.sealer = sealer;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] plain, int offset, int count) throws IOException {
    sealer.write(ByteBuffer.wrap(plain, offset, count));
  }
}
