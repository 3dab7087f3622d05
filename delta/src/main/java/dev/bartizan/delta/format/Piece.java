// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

/** How a stretch of the result is rebuilt; a section is a row of them. */
public sealed interface Piece permits Piece.Literal, Piece.Copy, Piece.Shifted, TensorPiece {
  /** Bytes of the result. */
  long resultLength();

  /** Bytes of the base that decoding needs at hand. */
  long baseBytes();

  /** The next bytes of the section's literals. */
  record Literal(long resultLength) implements Piece {
    @Override
    public long baseBytes() {
      return 0;
    }
  }

  /** Bytes of the base as they are; the one piece that may be of any length. */
  record Copy(long position, long resultLength) implements Piece {
    @Override
    public long baseBytes() {
      return 0;
    }
  }

  /** Bytes of the base, some of them changed: by what is in the coded streams. */
  record Shifted(long position, long resultLength) implements Piece {
    @Override
    public long baseBytes() {
      return resultLength;
    }
  }
}
