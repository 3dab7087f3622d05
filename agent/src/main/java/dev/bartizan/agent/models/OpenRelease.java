// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactSealer;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.SealedArtifact;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.SealedFile;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A release whose content key has been unwrapped: its files can be opened, and sealed again.
 *
 * <p>Close it as soon as they are: the key is in memory until then, and so are those of the files.
 */
public final class OpenRelease implements AutoCloseable {
  private final Digest id;
  private final ReleaseManifest manifest;
  private final SecretBytes contentKey;
  private final BulkCrypto crypto;
  private final List<SealedArtifact> artifacts = new ArrayList<>();
  private final List<ArtifactSealer> sealers = new ArrayList<>();

  /**
   * @param id the digest of {@code manifest}
   * @param contentKey closed with this
   */
  public OpenRelease(
      Digest id, ReleaseManifest manifest, SecretBytes contentKey, BulkCrypto crypto) {
    this.id = id;
    this.manifest = manifest;
    this.contentKey = contentKey;
    this.crypto = crypto;
  }

  /** The digest of its manifest. */
  public Digest id() {
    return id;
  }

  public ReleaseManifest manifest() {
    return manifest;
  }

  /** Opens one of the release's files, until this release is closed. */
  public SealedArtifact open(SealedFile file, ByteSource ciphertext)
      throws IOException, EnvelopeRefusal {
    SealedArtifact artifact =
        SealedArtifact.open(ciphertext, contentKey, manifest.context(file), crypto);
    artifacts.add(artifact);
    return artifact;
  }

  /** Seals plaintext to the very bytes that were published as {@code file}. */
  public ArtifactSealer seal(SealedFile file, ArtifactSealer.Sink sink) throws IOException {
    ArtifactSealer sealer =
        ArtifactSealer.begin(contentKey, file.salt(), manifest.context(file), crypto, sink);
    sealers.add(sealer);
    return sealer;
  }

  /**
   * Goes on with that, from a place in the plaintext at which a chunk starts.
   *
   * @param position in the plaintext
   */
  public ArtifactSealer resumeSeal(SealedFile file, long position, ArtifactSealer.Sink sink)
      throws IOException {
    ArtifactSealer sealer =
        ArtifactSealer.resume(
            contentKey, file.salt(), manifest.context(file), crypto, sink, position);
    sealers.add(sealer);
    return sealer;
  }

  @Override
  public void close() {
    artifacts.forEach(SealedArtifact::close);
    sealers.forEach(ArtifactSealer::close);
    contentKey.close();
  }
}
