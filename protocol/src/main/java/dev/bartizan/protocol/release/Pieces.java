// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.ArrayList;
import java.util.List;

/**
 * A plaintext cut where its tensors begin and end, so that a device which holds any other version
 * can tell which of them it has, wherever they lie there.
 *
 * @param pieces in order, without gaps; none when the release was not cut
 */
public record Pieces(List<Piece> pieces) {
  public static final Pieces NONE = new Pieces(List.of());

  /** Keeps a manifest small: some 80 bytes for each. */
  public static final int COUNT_MAX = 1 << 14;

  /** What a device holds in memory of one. */
  public static final int LENGTH_MAX = 16 << 20;

  /**
   * One of them.
   *
   * @param length in bytes, 1 to {@link #LENGTH_MAX}
   * @param digest SHA-256
   */
  public record Piece(int length, Digest digest) {
    public Piece {
      if (length < 1 || length > LENGTH_MAX) {
        throw new IllegalArgumentException("a piece of " + length + " bytes");
      }
    }
  }

  public Pieces {
    pieces = List.copyOf(pieces);
    if (pieces.size() > COUNT_MAX) {
      throw new IllegalArgumentException(pieces.size() + " pieces");
    }
  }

  /** Bytes of all of them. */
  public long length() {
    return pieces.stream().mapToLong(Piece::length).sum();
  }

  static Pieces parse(JsonFields fields, long length) throws Malformed {
    List<JsonNode> lengths = fields.array("lengths", COUNT_MAX);
    List<String> digests = fields.texts("sha256", COUNT_MAX, 2 * Digest.LENGTH);
    List<Piece> pieces = new ArrayList<>();
    try {
      for (int i = 0; i < lengths.size() && lengths.size() == digests.size(); i++) {
        Digest digest = JsonFields.parseDigest("release.json.pieces.sha256", digests.get(i));
        pieces.add(new Piece(lengths.get(i).asInt(), digest));
      }
    } catch (IllegalArgumentException noPiece) {
      throw new Malformed("release.json.pieces: " + noPiece.getMessage(), noPiece);
    }
    Pieces read = new Pieces(pieces);
    if (read.length() != length) {
      throw new Malformed("release.json.pieces are not all of the model's " + length + " bytes");
    }
    return read;
  }

  ObjectNode toJson() {
    ObjectNode json = StrictJson.object();
    ArrayNode lengths = json.putArray("lengths");
    ArrayNode digests = json.putArray("sha256");
    for (Piece piece : pieces) {
      lengths.add(piece.length());
      digests.add(piece.digest().hex());
    }
    return json;
  }
}
