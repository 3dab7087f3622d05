package dev.bartizan.agent.update;

import dev.bartizan.agent.vault.ModelVault;
import dev.bartizan.agent.vault.OpenRelease;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.ArtifactSealer;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.crypto.envelope.SealedArtifact;
import dev.bartizan.updater.delta.DeltaDecoder;
import dev.bartizan.updater.delta.KnownContent;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.release.DeltaOffer;
import dev.bartizan.updater.release.ReleaseManifest;
import dev.bartizan.updater.release.ReleaseName;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import dev.bartizan.updater.store.StoreRefusal;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;

/**
 * Makes a release's model from an older one and a difference: decrypt both, apply, check, seal; a
 * stream in bounded memory, and never plaintext on disk.
 */
public final class Rebuild {
  private final ModelVault vault;
  private final ObjectStore store;
  private final BulkCrypto crypto;

  public Rebuild(ModelVault vault, ObjectStore store, BulkCrypto crypto) {
    this.vault = vault;
    this.store = store;
    this.crypto = crypto;
  }

  /**
   * Puts the model of {@code release} into the store, as the very file that was published.
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
      try (Disk.Input olderFile = store.open(older.manifest().whole().sealed());
          Disk.Input deltaFile = store.open(offer.sealed().sealed());
          ObjectWriter writer =
              store.begin(manifest.whole().sealed(), manifest.whole().sealedLength())) {
        writer.restart();
        KnownContent content =
            new SealedContent(
                older.open(older.manifest().whole(), ModelVault.source(olderFile)).reader(),
                older.manifest());
        SealedArtifact delta = newer.open(offer.sealed(), ModelVault.source(deltaFile));
        apply(content, delta, newer, writer);
        writer.seal();
      }
    }
  }

  private OpenRelease unlock(String component, Release release) throws Refusal, IOException {
    return vault.unlock(new ReleaseName(component, release.version()), release.manifest());
  }

  private void apply(
      KnownContent base, SealedArtifact delta, OpenRelease newer, ObjectWriter writer)
      throws Refusal, IOException {
    ReleaseManifest manifest = newer.manifest();
    ArtifactSealer sealer = newer.seal(manifest.whole(), bytes -> append(writer, bytes));
    ShardSealer result = new ShardSealer(manifest.model(), sealer, crypto.sha256());
    try (InputStream stream = new SealedStream(delta)) {
      new DeltaDecoder(crypto::sha256, manifest.model().length()).apply(base, stream, result);
      result.finish();
    } catch (ShardSealer.BadShard different) {
      throw different.refusal();
    } catch (SealedStream.BadChunk tampered) {
      throw tampered.refusal();
    } finally {
      result.wipe();
    }
  }

  private static void append(ObjectWriter writer, ByteBuffer sealed) throws IOException {
    try {
      writer.append(sealed);
    } catch (StoreRefusal tooLong) {
      throw new IOException("the rebuilt model is longer than the published one", tooLong);
    }
  }

  /** The older model's plaintext, vouched for by its seal and its signed manifest. */
  private record SealedContent(SealedArtifact.Reader reader, ReleaseManifest manifest)
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
        throw new SealedStream.BadChunk(tampered);
      }
      if (target.hasRemaining()) {
        throw new EOFException("no bytes at " + position + " of " + length());
      }
    }
  }
}
