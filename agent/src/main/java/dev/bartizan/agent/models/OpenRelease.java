// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.SecretBytes;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.ReleaseManifest;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * A release whose content key has been unwrapped: its files can be opened, and encrypted again.
 *
 * <p>Close it as soon as they are: the key is in memory until then, and so are those of the files.
 */
public final class OpenRelease implements AutoCloseable {
  private final Digest id;
  private final ReleaseManifest manifest;
  private final SecretBytes contentKey;
  private final BulkCrypto crypto;
  private final List<EncryptedArtifact> artifacts = new ArrayList<>();
  private final List<ArtifactEncryptor> encryptors = new ArrayList<>();

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
  public EncryptedArtifact open(EncryptedFile file, ByteSource ciphertext)
      throws IOException, EnvelopeRefusal {
    EncryptedArtifact artifact =
        EncryptedArtifact.open(ciphertext, contentKey, manifest.context(file), crypto);
    artifacts.add(artifact);
    return artifact;
  }

  /** Encrypts plaintext to the very bytes that were published as {@code file}. */
  public ArtifactEncryptor encrypt(EncryptedFile file, ArtifactEncryptor.Sink sink)
      throws IOException {
    ArtifactEncryptor encryptor =
        ArtifactEncryptor.begin(contentKey, file.salt(), manifest.context(file), crypto, sink);
    encryptors.add(encryptor);
    return encryptor;
  }

  /**
   * Goes on with that, from a place in the plaintext at which a chunk starts.
   *
   * @param position in the plaintext
   */
  public ArtifactEncryptor resumeEncryption(
      EncryptedFile file, long position, ArtifactEncryptor.Sink sink) throws IOException {
    ArtifactEncryptor encryptor =
        ArtifactEncryptor.resume(
            contentKey, file.salt(), manifest.context(file), crypto, sink, position);
    encryptors.add(encryptor);
    return encryptor;
  }

  @Override
  public void close() {
    artifacts.forEach(EncryptedArtifact::close);
    encryptors.forEach(ArtifactEncryptor::close);
    contentKey.close();
  }
}
