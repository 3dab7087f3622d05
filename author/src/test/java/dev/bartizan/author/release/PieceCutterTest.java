// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.Pieces.Piece;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PieceCutterTest {
  @Test
  void whatIsNoModelIsCutIntoPiecesOfOneLength() throws Exception {
    byte[] content = new byte[2_500_000];
    new Random(1).nextBytes(content);
    content[0] = 7; // No field of ONNX begins so.
    Pieces pieces = cut(content);
    assertEquals(3, pieces.pieces().size());
    assertAreOf(pieces, content);
  }

  @Test
  void theSmallestContentIsOnePiece() throws Exception {
    Pieces pieces = cut(new byte[] {1});
    assertEquals(1, pieces.pieces().size());
    assertEquals(1, pieces.length());
  }

  @Test
  void piecesAreOfTheContentInItsOrder() throws Exception {
    byte[] content = new byte[(3 << 20) + 17];
    new Random(2).nextBytes(content);
    assertAreOf(cut(content), content);
  }

  private static void assertAreOf(Pieces pieces, byte[] content) {
    int at = 0;
    for (Piece piece : pieces.pieces()) {
      byte[] bytes = Arrays.copyOfRange(content, at, at + piece.length());
      assertEquals(Digest.of(bytes), piece.digest());
      assertTrue(piece.length() <= Pieces.LENGTH_MAX);
      at += piece.length();
    }
    assertEquals(content.length, at);
  }

  private static Pieces cut(byte[] content) throws Exception {
    return PieceCutter.cut(KnownContent.of(ByteBuffer.wrap(content)), Digest.sha256());
  }
}
