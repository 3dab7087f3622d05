// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.models.ModelVault;
import dev.bartizan.agent.models.OpenRelease;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.EncryptedArtifact;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.release.DeltaOffer;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.Executor;

/**
 * Makes a release's model from an older one and a difference: decrypt both, apply, check, encrypt;
 * a stream in bounded memory, and never plaintext on disk.
 */
public final class DeltaUpdate {
  /** Each takes up to some 16 MiB. */
  private static final int SECTIONS_AT_ONCE = 2;

  private final Unlocking vault;
  private final ObjectStore store;
  private final BulkCrypto crypto;
  private final Executor workers;
  private final Runnable progress;

  /** Unwraps a release's content key; see {@link ModelVault#unlock}. */
  @FunctionalInterface
  public interface Unlocking {
    OpenRelease unlock(ReleaseName name, Digest release) throws Refusal, IOException;
  }

  /**
   * @param workers where sections of a difference are decoded, two at a time
   * @param progress told of each shard that is done
   */
  public DeltaUpdate(
      Unlocking vault, ObjectStore store, BulkCrypto crypto, Executor workers, Runnable progress) {
    this.vault = vault;
    this.store = store;
    this.crypto = crypto;
    this.workers = workers;
    this.progress = progress;
  }

  /**
   * Puts the model of {@code release} into the store, as the very file that was published. One that
   * was interrupted goes on: what is there already was encrypted from checked shards, and the
   * digest of the whole file decides at the end.
   *
   * @param release the release to make
   * @param base the release the device holds
   * @throws Refusal when the difference, the base or the result is not what was signed
   */
  public void make(String component, Release release, Release base, DeltaOffer offer)
      throws Refusal, IOException {
    try (OpenRelease older = unlock(component, base);
        OpenRelease newer = unlock(component, release)) {
      ReleaseManifest manifest = newer.manifest();
      try (Disk.Input olderFile = store.open(older.manifest().whole().digest());
          Disk.Input deltaFile = store.open(offer.file().digest());
          ObjectWriter writer = store.begin(manifest.whole().digest(), manifest.whole().length())) {
        KnownContent content =
            new ArtifactContent(
                older.open(older.manifest().whole(), ModelVault.source(olderFile)).reader(),
                older.manifest());
        EncryptedArtifact delta = newer.open(offer.file(), ModelVault.source(deltaFile));
        apply(content, delta, newer, writer);
        writer.finish();
      }
    }
  }

  private OpenRelease unlock(String component, Release release) throws Refusal, IOException {
    return vault.unlock(new ReleaseName(component, release.version()), release.manifest());
  }

  private void apply(
      KnownContent base, EncryptedArtifact delta, OpenRelease newer, ObjectWriter writer)
      throws Refusal, IOException {
    ReleaseManifest manifest = newer.manifest();
    DeltaDecoder decoder =
        new DeltaDecoder(crypto::sha256, manifest.model().length(), workers, SECTIONS_AT_ONCE);
    int first = firstShard(manifest.model(), writer.size());
    ShardEncryptor result =
        new ShardEncryptor(
            manifest.model(), first, encryptor(newer, first, writer), crypto.sha256(), progress);
    try (InputStream stream = new PlaintextStream(delta)) {
      // Not apply, which would hash the whole again: each shard is checked against a signed digest.
      decoder.resume(base, stream, manifest.model().start(first), result);
      result.finish();
    } catch (ShardEncryptor.BadShard different) {
      throw different.refusal();
    } catch (PlaintextStream.BadChunk tampered) {
      throw tampered.refusal();
    } finally {
      result.wipe();
    }
  }

  /** The first shard of which not all is there, among those that begin with a chunk. */
  private static int firstShard(Shards shards, long ciphertextLength) {
    if (!ArtifactEncryptor.isChunkStart(shards.shardSize())) {
      return 0;
    }
    long whole = ArtifactEncryptor.plainPosition(ciphertextLength) / shards.shardSize();
    return (int) Math.max(0, Math.min(whole, shards.digests().size() - 1L));
  }

  private static ArtifactEncryptor encryptor(OpenRelease newer, int first, ObjectWriter writer)
      throws IOException {
    ReleaseManifest manifest = newer.manifest();
    if (first == 0) {
      writer.restart();
      return newer.encrypt(manifest.whole(), new ResumingSink(writer, 0));
    }
    long position = manifest.model().start(first);
    long ciphertext = ArtifactEncryptor.ciphertextPosition(position);
    return newer.resumeEncryption(manifest.whole(), position, new ResumingSink(writer, ciphertext));
  }
}
