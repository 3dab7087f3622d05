// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.envelope;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decrypts a whole artifact into memory and checks it against its shards: one pass, all cores.
 *
 * <p>Each worker takes the next shard, decrypts it and hashes it while it is still in the cache.
 */
public final class VerifiedOpening {
  private final EncryptedArtifact artifact;
  private final Shards shards;
  private final BulkCrypto crypto;

  public VerifiedOpening(EncryptedArtifact artifact, Shards shards, BulkCrypto crypto) {
    this.artifact = artifact;
    this.shards = shards;
    this.crypto = crypto;
  }

  /**
   * Fills {@code target} from position 0.
   *
   * @param target at least {@link Shards#length} bytes; on a refusal it may hold bytes that were
   *     not verified, and the caller wipes it
   * @param workers how many shards are worked on at once
   * @throws EnvelopeRefusal when the lengths differ, a chunk was changed, or a digest differs
   */
  public void into(ByteBuffer target, ExecutorService executor, int workers)
      throws IOException, EnvelopeRefusal {
    if (artifact.length() != shards.length()) {
      throw new EnvelopeRefusal(
          EnvelopeRefusal.Reason.HASH_MISMATCH,
          "the artifact has " + artifact.length() + " bytes, the release names " + shards.length());
    }
    AtomicInteger next = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i < workers; i++) {
      running.add(
          executor.submit(
              () -> {
                openShards(target, next);
                return null;
              }));
    }
    try {
      openShards(target, next);
    } finally {
      // Also after a failure: nobody may still be writing when the caller wipes the target.
      next.set(shards.digests().size());
      await(running);
    }
    rethrow(running);
  }

  private void openShards(ByteBuffer target, AtomicInteger next)
      throws IOException, EnvelopeRefusal {
    EncryptedArtifact.Reader reader = artifact.reader();
    MessageDigest sha256 = crypto.sha256();
    try {
      for (int shard = next.getAndIncrement();
          shard < shards.digests().size();
          shard = next.getAndIncrement()) {
        int start = Math.toIntExact(shards.start(shard));
        ByteBuffer piece = target.slice(start, shards.length(shard));
        reader.read(start, piece);
        shards.check(shard, piece.flip(), sha256);
      }
    } finally {
      reader.wipe();
    }
  }

  private static void await(List<Future<?>> running) {
    boolean interrupted = false;
    for (Future<?> worker : running) {
      while (!worker.isDone()) {
        try {
          worker.get();
        } catch (InterruptedException e) {
          interrupted = true;
        } catch (ExecutionException seenBelow) {
          break;
        }
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private static void rethrow(List<Future<?>> running) throws IOException, EnvelopeRefusal {
    for (Future<?> worker : running) {
      try {
        worker.get();
      } catch (ExecutionException failed) {
        if (failed.getCause() instanceof EnvelopeRefusal refusal) {
          throw refusal;
        }
        throw new IOException("cannot read the artifact", failed.getCause());
      } catch (InterruptedException impossible) {
        throw new IllegalStateException("all workers have ended", impossible);
      }
    }
  }
}
