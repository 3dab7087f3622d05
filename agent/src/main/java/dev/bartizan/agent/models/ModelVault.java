// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.models;

import dev.bartizan.agent.report.Measurements;
import dev.bartizan.agent.world.Workers;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.SecretMemory;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.ByteSource;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.VerifiedOpening;
import dev.bartizan.protocol.evidence.AgentEvent;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.documents.TrustedDocuments;
import dev.bartizan.updater.store.ObjectStore;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Opens installed releases with the device's keystore. */
public final class ModelVault {
  private final TrustedDocuments documents;
  private final ObjectStore store;
  private final ContentKeys keys;
  private final BulkCrypto crypto;
  private final SecretMemory memory;
  private final Workers workers;

  /**
   * @param memory for weights
   * @param workers run the pieces of a decryption
   */
  public ModelVault(
      TrustedDocuments documents,
      ObjectStore store,
      ContentKeys keys,
      BulkCrypto crypto,
      SecretMemory memory,
      Workers workers) {
    this.documents = documents;
    this.store = store;
    this.keys = keys;
    this.crypto = crypto;
    this.memory = memory;
    this.workers = workers;
  }

  /**
   * Makes sure that the release is a signed one, reads its manifest from the store, and has the
   * keystore unwrap its content key.
   *
   * <p>The first check is what the rest stands on: anybody who can write to the disk could wrap a
   * key of his own to this device, and point the journal at a model of his own.
   *
   * @param release the digest of the manifest
   * @throws Refusal when signed metadata does not name it, the manifest or the envelope is damaged
   *     or not for this device, or the device did not boot into the state the key is bound to
   */
  public OpenRelease unlock(ReleaseName name, Digest release) throws Refusal, IOException {
    documents.requireSigned(name.modelTarget(), release);
    ReleaseManifest manifest =
        ReleaseManifest.parse(store.read(release, ReleaseManifest.MAX_LENGTH));
    return new OpenRelease(release, manifest, keys.open(release), crypto);
  }

  /**
   * Decrypts and verifies the whole model, which was measured: a log that replays names every model
   * that ever was in memory.
   *
   * @throws Refusal when a byte of it is not what was released; nothing is left in memory then
   */
  public Weights weights(OpenRelease release, Measurements.Measured measured)
      throws Refusal, IOException {
    measured.require(AgentEvent.Kind.MODEL, release.id());
    ReleaseManifest manifest = release.manifest();
    try (Disk.Input ciphertext = store.open(manifest.whole().digest())) {
      EncryptedArtifact artifact = release.open(manifest.whole(), source(ciphertext));
      int length = lengthOf(manifest);
      Weights weights = new Weights(memory.allocate(length), length);
      try {
        new VerifiedOpening(artifact, manifest.model(), crypto)
            .into(weights.content(), workers.pool(), workers.cores());
        return weights;
      } catch (Refusal | IOException failed) {
        weights.close();
        throw failed;
      }
    }
  }

  /** One direct buffer holds a model; the runtime's interface takes no more than that. */
  static int lengthOf(ReleaseManifest manifest) throws EnvelopeRefusal {
    if (manifest.model().length() > Integer.MAX_VALUE) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.MALFORMED,
          manifest.release() + " has " + manifest.model().length() + " bytes, more than 2 GiB");
    }
    return (int) manifest.model().length();
  }

  /** A file of the store as the cipher reads it. */
  public static ByteSource source(Disk.Input input) {
    return new ByteSource() {
      @Override
      public long size() throws IOException {
        return input.size();
      }

      @Override
      public int read(long position, ByteBuffer target) throws IOException {
        return input.read(position, target);
      }
    };
  }
}
