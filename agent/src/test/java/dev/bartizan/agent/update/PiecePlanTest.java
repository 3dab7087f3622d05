// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.update;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.envelope.ArtifactEncryptor;
import dev.bartizan.crypto.envelope.Shards;
import dev.bartizan.protocol.release.EncryptedFile;
import dev.bartizan.protocol.release.KeyDelivery;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.Pieces.Piece;
import dev.bartizan.protocol.release.ProbationLimits;
import dev.bartizan.protocol.release.ReleaseManifest;
import dev.bartizan.protocol.release.ReleaseName;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PiecePlanTest {
  private static final int CHUNK = ArtifactEncryptor.CHUNK_LENGTH;
  private static final Digest NAME = digest(0);

  @Test
  void whatIsHeldEntirelyCostsNothing() {
    PiecePlan plan = PiecePlan.of(model(3 * CHUNK + 5), Set.of(digest(1)));
    assertEquals(0, plan.bytes());
    assertEquals(1, plan.runs().size());
  }

  @Test
  void whatIsNotHeldAtAllCostsTheWholeButForItsHeader() {
    ReleaseManifest model = model(CHUNK, CHUNK + 7);
    long header = ArtifactEncryptor.ciphertextPosition(0);
    assertEquals(model.whole().length() - header, PiecePlan.of(model, Set.of()).bytes());
  }

  @Test
  void aMissingPieceCostsTheChunksItTouches() {
    ReleaseManifest model = model(10 * CHUNK - 1, 2, 10 * CHUNK);
    PiecePlan plan = PiecePlan.of(model, Set.of(digest(1), digest(3)));
    assertEquals(
        List.of(true, false, true), plan.runs().stream().map(PiecePlan.Run::isHere).toList());
    assertEquals(9, plan.runs().get(1).from());
    assertEquals(11, plan.runs().get(1).to());
    assertEquals(2 * (CHUNK + 16), plan.bytes());
  }

  @Test
  void theLastAndEmptyChunkIsNotForgotten() {
    ReleaseManifest model = model(2 * CHUNK, 2 * CHUNK);
    PiecePlan plan = PiecePlan.of(model, Set.of(digest(1)));
    PiecePlan.Run last = plan.runs().get(plan.runs().size() - 1);
    assertEquals(model.whole().length(), last.ciphertextEnd());
    assertEquals(5, last.to());
  }

  @Test
  void runsFollowOneAnotherWithoutGapsWhateverIsHeld() {
    Random random = new Random(7);
    for (int round = 0; round < 300; round++) {
      int[] lengths = random.ints(1 + random.nextInt(20), 1, 3 * CHUNK).toArray();
      Set<Digest> held = new HashSet<>();
      for (int i = 1; i <= lengths.length; i++) {
        if (random.nextBoolean()) {
          held.add(digest(i));
        }
      }
      ReleaseManifest model = model(lengths);
      long at = 0;
      for (PiecePlan.Run run : PiecePlan.of(model, held).runs()) {
        assertEquals(at, run.from());
        assertTrue(run.to() > run.from());
        at = run.to();
      }
      assertEquals(model.model().length() / CHUNK + 1, at);
    }
  }

  private static ReleaseManifest model(int... lengths) {
    List<Piece> pieces = new ArrayList<>();
    for (int length : lengths) {
      pieces.add(new Piece(length, digest(pieces.size() + 1)));
    }
    long all = new Pieces(pieces).length();
    return new ReleaseManifest(
        new ReleaseName("defect", "1.0.0"),
        1,
        "onnx",
        NAME,
        new Shards(all, Math.toIntExact(all), List.of(NAME)),
        new Pieces(pieces),
        new EncryptedFile(
            "model.onnx", NAME, ArtifactEncryptor.ciphertextLength(all), Bytes.of(new byte[24])),
        List.of(),
        Optional.empty(),
        ProbationLimits.DEFAULT,
        KeyDelivery.AHEAD);
  }

  private static Digest digest(int number) {
    return Digest.of(new byte[] {(byte) number});
  }
}
