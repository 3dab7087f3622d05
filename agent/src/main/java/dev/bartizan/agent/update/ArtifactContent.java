// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.release.ReleaseManifest;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;

/** An older model's plaintext, vouched for by its chunks and its signed manifest. */
record ArtifactContent(EncryptedArtifact.Reader reader, ReleaseManifest manifest)
    implements KnownContent {
  @Override
  public long length() {
    return manifest.model().length();
  }

  @Override
  public Digest digest() {
    return manifest.digest();
  }

  @Override
  public void read(long position, ByteBuffer target) throws IOException {
    try {
      reader.read(position, target);
    } catch (EnvelopeRefusal tampered) {
      throw new PlaintextStream.BadChunk(tampered);
    }
    if (target.hasRemaining()) {
      throw new EOFException("no bytes at " + position + " of " + length());
    }
  }
}
