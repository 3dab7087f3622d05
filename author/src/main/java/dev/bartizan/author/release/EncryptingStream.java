// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Plaintext in, ciphertext out; ending the artifact is left to the encryptor's owner. */
final class EncryptingStream extends OutputStream {
  private final ArtifactEncryptor encryptor;

  EncryptingStream(ArtifactEncryptor encryptor) {
    this.encryptor = encryptor;
  }

  @Override
  public void write(int octet) throws IOException {
    write(new byte[] {(byte) octet}, 0, 1);
  }

  @Override
  public void write(byte[] plain, int offset, int count) throws IOException {
    encryptor.write(ByteBuffer.wrap(plain, offset, count));
  }
}
