// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.TouchesTheWorld;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.release.ReleaseManifest;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The plaintext of a release made before, read from its published ciphertext, which vouches for it.
 */
@TouchesTheWorld("reads the served artifacts")
final class OlderModel implements KnownContent, Closeable {
  private final FileChannel file;
  private final ReleaseManifest manifest;
  private final EncryptedArtifact.Reader reader;

  private OlderModel(FileChannel file, ReleaseManifest manifest, EncryptedArtifact.Reader reader) {
    this.file = file;
    this.manifest = manifest;
    this.reader = reader;
  }

  /** Opens the artifact of {@code release} below {@code repository}. */
  static OlderModel open(Path repository, ArchivedRelease release, BulkCrypto crypto)
      throws IOException, EnvelopeRefusal {
    ReleaseManifest manifest = release.manifest();
    Path path = repository.resolve(manifest.whole().path());
    FileChannel file = FileChannel.open(path, StandardOpenOption.READ);
    try {
      EncryptedArtifact artifact =
          EncryptedArtifact.open(
              source(file), release.contentKey(), manifest.context(manifest.whole()), crypto);
      return new OlderModel(file, manifest, artifact.reader());
    } catch (IOException | EnvelopeRefusal unfit) {
      file.close();
      throw unfit;
    }
  }

  @Override
  public long length() {
    return manifest.model().length();
  }

  @Override
  public Digest digest() {
    return manifest.digest();
  }

  /** One at a time: the artifact's reader is for one thread, the encoder has several. */
  @Override
  public synchronized void read(long position, ByteBuffer target) throws IOException {
    try {
      reader.read(position, target);
    } catch (EnvelopeRefusal damaged) {
      throw new IOException(manifest.whole().path() + ": " + damaged.getMessage(), damaged);
    }
    if (target.hasRemaining()) {
      throw new EOFException("no bytes at " + position + " of " + length());
    }
  }

  @Override
  public void close() throws IOException {
    reader.wipe();
    file.close();
  }

  private static ByteSource source(FileChannel file) {
    return new ByteSource() {
      @Override
      public long size() throws IOException {
        return file.size();
      }

      @Override
      public int read(long position, ByteBuffer target) throws IOException {
        int start = target.position();
        long at = position;
        while (target.hasRemaining()) {
          int count = file.read(target, at);
          if (count < 0) {
            break;
          }
          at += count;
        }
        return target.position() - start;
      }
    };
  }
}
