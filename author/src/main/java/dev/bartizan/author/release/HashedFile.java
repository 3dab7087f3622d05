// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;

/** Where encrypted bytes are written and hashed, so that the file can be named by its digest. */
final class HashedFile implements ArtifactEncryptor.Sink {
  private final WritableByteChannel file;
  private final MessageDigest sha256;

  HashedFile(WritableByteChannel file, MessageDigest sha256) {
    this.file = file;
    this.sha256 = sha256;
  }

  @Override
  public void write(ByteBuffer ciphertext) throws IOException {
    sha256.update(ciphertext.duplicate());
    while (ciphertext.hasRemaining()) {
      file.write(ciphertext);
    }
  }

  /** The digest of all that was written; once. */
  Digest digest() {
    return Digest.ofValue(sha256.digest());
  }
}
