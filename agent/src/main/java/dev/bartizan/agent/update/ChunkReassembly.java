// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.agent.models.ModelVault;
import dev.bartizan.agent.models.OpenRelease;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.Refusal;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.BulkCrypto;
import dev.bartizan.crypto.envelope.EnvelopeRefusal;
import dev.bartizan.protocol.release.Pieces.Piece;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import dev.bartizan.updater.disk.Disk;
import dev.bartizan.updater.install.Release;
import dev.bartizan.updater.store.ObjectStore;
import dev.bartizan.updater.store.ObjectWriter;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Puts a release's model together from pieces of releases that are held and ranges of the published
 * file, in its order and into one object: the very file that was published.
 *
 * <p>A piece is encrypted only after its digest was found to be the signed one, since key and
 * nonces follow from the published salt, and no other plaintext may be encrypted with them. What
 * comes by range is ciphertext, and counts when the digest of the whole file is right.
 */
final class ChunkReassembly {
  private final ModelVault vault;
  private final ObjectStore store;
  private final BulkCrypto crypto;
  private final Delivery delivery;
  private final Runnable progress;

  ChunkReassembly(
      ModelVault vault,
      ObjectStore store,
      BulkCrypto crypto,
      Delivery delivery,
      Runnable progress) {
    this.progress = progress;
    this.vault = vault;
    this.store = store;
    this.crypto = crypto;
    this.delivery = delivery;
  }

  /**
   * Carries it on for a while, from wherever it was left.
   *
   * @return whether the model is in the store now
   * @throws Refusal when a piece, a range or the whole is not what was signed
   */
  boolean advance(String component, Release release, TransferStrategy.Parts strategy)
      throws IOException, Refusal {
    try (OpenRelease newer = unlock(component, release);
        Held held = new Held()) {
      ReleaseManifest manifest = newer.manifest();
      for (Release base : strategy.held()) {
        held.add(unlock(component, base));
      }
      try (ObjectWriter writer =
          store.begin(manifest.whole().digest(), manifest.whole().length())) {
        return complete(newer, held, strategy.plan(), writer);
      } catch (PlaintextStream.BadChunk tampered) {
        throw tampered.refusal();
      }
    }
  }

  private OpenRelease unlock(String component, Release release) throws Refusal, IOException {
    return vault.unlock(new ReleaseName(component, release.version()), release.manifest());
  }

  private boolean complete(OpenRelease newer, Held held, PiecePlan plan, ObjectWriter writer)
      throws IOException, Refusal {
    ReleaseManifest manifest = newer.manifest();
    newer
        .encrypt(manifest.whole(), new ResumingSink(writer, 0))
        .close(); // Writes the header alone.
    for (PiecePlan.Run run : plan.runs()) {
      if (writer.size() >= run.ciphertextEnd()) {
        continue;
      }
      if (run.isHere()) {
        encrypt(run, newer, held, writer);
      } else if (!delivery.advancePart(manifest.whole(), run.ciphertextEnd(), writer)) {
        return false;
      }
    }
    writer.finish();
    return true;
  }

  private void encrypt(PiecePlan.Run run, OpenRelease newer, Held held, ObjectWriter writer)
      throws IOException, Refusal {
    ReleaseManifest manifest = newer.manifest();
    long end = Math.min(run.to() * ArtifactEncryptor.CHUNK_LENGTH, manifest.model().length());
    long position = ArtifactEncryptor.ciphertextPosition(run.start());
    try (ArtifactEncryptor encryptor =
        newer.resumeEncryption(manifest.whole(), run.start(), new ResumingSink(writer, position))) {
      long at = 0;
      for (Piece piece : manifest.pieces().pieces()) {
        long from = Math.max(at, run.start());
        long to = Math.min(at + piece.length(), end);
        if (from < to) {
          encryptor.write(held.read(piece).slice((int) (from - at), (int) (to - from)));
          progress.run();
        }
        at += piece.length();
      }
      if (run.ciphertextEnd() == manifest.whole().length()) {
        encryptor.finish();
      }
    }
  }

  /** The plaintext of releases that are held, by the digests of its pieces. */
  private final class Held implements Closeable {
    private final Map<Digest, Place> places = new HashMap<>();
    private final Deque<Closeable> open = new ArrayDeque<>();
    private final MessageDigest sha256 = crypto.sha256();
    private byte[] last = new byte[0];

    private record Place(ArtifactContent content, long position) {}

    void add(OpenRelease base) throws IOException, Refusal {
      open.push(base::close);
      ReleaseManifest manifest = base.manifest();
      Disk.Input file = store.open(manifest.whole().digest());
      open.push(file);
      ArtifactContent content =
          new ArtifactContent(
              base.open(manifest.whole(), ModelVault.source(file)).reader(), manifest);
      long position = 0;
      for (Piece piece : manifest.pieces().pieces()) {
        places.putIfAbsent(piece.digest(), new Place(content, position));
        position += piece.length();
      }
    }

    ByteBuffer read(Piece piece) throws IOException, EnvelopeRefusal {
      Place place = places.get(piece.digest());
      if (place == null) {
        throw new EnvelopeRefusal(
            EnvelopeRefusal.Reason.HASH_MISMATCH, "the piece " + piece.digest() + " is not held");
      }
      wipe();
      last = new byte[piece.length()];
      place.content().read(place.position(), ByteBuffer.wrap(last));
      sha256.reset();
      Digest found = Digest.ofValue(sha256.digest(last));
      if (!found.equals(piece.digest())) {
        throw new EnvelopeRefusal(
            EnvelopeRefusal.Reason.HASH_MISMATCH,
            "a piece is " + found + ", the release names " + piece.digest());
      }
      return ByteBuffer.wrap(last);
    }

    private void wipe() {
      Arrays.fill(last, (byte) 0);
    }

    @Override
    public void close() throws IOException {
      wipe();
      while (!open.isEmpty()) {
        open.pop().close();
      }
    }
  }

  /** Which pieces these releases have. */
  static List<Digest> digests(ReleaseManifest manifest) {
    return manifest.pieces().pieces().stream().map(Piece::digest).toList();
  }
}
