// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.protocol.release.Pieces.Piece;
import dev.bartizan.protocol.release.ReleaseManifest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Set;

/**
 * Which chunks of a published file a device can encrypt by itself, because it holds all pieces in
 * them, and which have to come.
 *
 * @param runs in order, without gaps, each of the other kind than the one before
 */
public record PiecePlan(List<Run> runs) {
  /** Fewer chunks than this between two ranges are cheaper to fetch than to leave out. */
  private static final int GAP = 2;

  /**
   * Neighbouring chunks.
   *
   * @param from the first, by number
   * @param to the one after the last
   * @param isHere whether all of their plaintext is held
   * @param ciphertextEnd where in the published file they end
   */
  public record Run(long from, long to, boolean isHere, long ciphertextEnd) {
    /** Where in the plaintext it begins. */
    long start() {
      return from * ArtifactEncryptor.CHUNK_LENGTH;
    }

    private long ciphertextBytes() {
      return ciphertextEnd - ArtifactEncryptor.ciphertextPosition(start());
    }
  }

  public PiecePlan {
    runs = List.copyOf(runs);
  }

  /**
   * @param held digests of the pieces that are held
   */
  static PiecePlan of(ReleaseManifest manifest, Set<Digest> held) {
    int chunk = ArtifactEncryptor.CHUNK_LENGTH;
    BitSet missing = new BitSet();
    long at = 0;
    for (Piece piece : manifest.pieces().pieces()) {
      long end = at + piece.length();
      if (!held.contains(piece.digest())) {
        missing.set((int) (at / chunk), (int) ((end - 1) / chunk) + 1);
      }
      at = end;
    }
    closeGaps(missing);
    // The last chunk is shorter than the others, and may be empty.
    return new PiecePlan(runs(missing, manifest.model().length() / chunk + 1, manifest));
  }

  private static void closeGaps(BitSet missing) {
    for (int end = missing.nextClearBit(0); end < missing.length(); ) {
      int next = missing.nextSetBit(end);
      if (next - end < GAP) {
        missing.set(end, next);
      }
      end = missing.nextClearBit(next);
    }
  }

  private static List<Run> runs(BitSet missing, long chunks, ReleaseManifest manifest) {
    List<Run> runs = new ArrayList<>();
    for (int from = 0; from < chunks; ) {
      boolean isHere = !missing.get(from);
      int change = isHere ? missing.nextSetBit(from) : missing.nextClearBit(from);
      long to = change < 0 ? chunks : Math.min(change, chunks);
      long end =
          to == chunks
              ? manifest.whole().length()
              : ArtifactEncryptor.ciphertextPosition(to * ArtifactEncryptor.CHUNK_LENGTH);
      runs.add(new Run(from, to, isHere, end));
      from = (int) to;
    }
    return runs;
  }

  /** Bytes to download. */
  long bytes() {
    return runs.stream().filter(run -> !run.isHere()).mapToLong(Run::ciphertextBytes).sum();
  }
}
