// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactSealer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.security.MessageDigest;

/** Where sealed bytes are written and hashed, so that the file can be named by its digest. */
final class HashedFile implements ArtifactSealer.Sink {
  private final WritableByteChannel file;
  private final MessageDigest sha256;

  HashedFile(WritableByteChannel file, MessageDigest sha256) {
    this.file = file;
    this.sha256 = sha256;
  }

  @Override
  public void write(ByteBuffer sealed) throws IOException {
    sha256.update(sealed.duplicate());
    while (sealed.hasRemaining()) {
      file.write(sealed);
    }
  }

  /** The digest of all that was written; once. */
  Digest digest() {
    return Digest.ofValue(sha256.digest());
  }
}
