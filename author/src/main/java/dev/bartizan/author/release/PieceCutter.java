// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.author.release;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.encode.ContentStream;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.tensor.LocatedTensor;
import dev.bartizan.delta.tensor.OnnxRefusal;
import dev.bartizan.delta.tensor.TensorMap;
import dev.bartizan.protocol.release.Pieces;
import dev.bartizan.protocol.release.Pieces.Piece;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * Cuts a model where its tensors begin and end, and long ones within. Tensors of less than some
 * pages are left with what lies around them: what is saved by a piece is whole chunks of sixteen
 * kibibytes.
 */
final class PieceCutter {
  private static final int SMALL = 4096;
  private static final int LONG = 1 << 20;

  private PieceCutter() {}

  static Pieces cut(KnownContent model, MessageDigest sha256) throws IOException {
    SortedSet<Long> cuts = new TreeSet<>();
    int small = SMALL;
    int longest = LONG;
    do {
      cuts.clear();
      cutAtTensors(model, small, cuts);
      cutWithin(model.length(), longest, cuts);
      small *= 2;
      longest = Math.min(2 * longest, Pieces.LENGTH_MAX);
    } while (cuts.size() > Pieces.COUNT_MAX && small > 0);
    return cuts.size() > Pieces.COUNT_MAX ? Pieces.NONE : digest(model, cuts, sha256);
  }

  private static void cutAtTensors(KnownContent model, int small, SortedSet<Long> cuts)
      throws IOException {
    try (ContentStream content = new ContentStream(model)) {
      for (LocatedTensor tensor : TensorMap.ofOnnx(content, model.length()).inline().tensors()) {
        if (tensor.length() >= small) {
          cuts.add(tensor.offset());
          cuts.add(tensor.end());
        }
      }
    } catch (OnnxRefusal unreadable) {
      // The runtime may read more than we do; such a model has pieces of one length.
      cuts.clear();
    }
  }

  /** The ends of all pieces, none of them longer than {@code longest}. */
  private static void cutWithin(long length, int longest, SortedSet<Long> cuts) {
    cuts.add(length);
    cuts.remove(0L);
    long at = 0;
    for (long end : List.copyOf(cuts)) {
      for (at += longest; at < end; at += longest) {
        cuts.add(at);
      }
      at = end;
    }
  }

  private static Pieces digest(KnownContent model, SortedSet<Long> ends, MessageDigest sha256)
      throws IOException {
    List<Piece> pieces = new ArrayList<>();
    long at = 0;
    for (long end : ends) {
      byte[] content = new byte[(int) (end - at)];
      model.read(at, ByteBuffer.wrap(content));
      pieces.add(new Piece(content.length, Digest.ofValue(sha256.digest(content))));
      at = end;
    }
    return new Pieces(pieces);
  }
}
