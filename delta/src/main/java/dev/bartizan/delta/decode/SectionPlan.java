// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import dev.bartizan.delta.format.Numbers;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.format.PieceCode;
import dev.bartizan.delta.format.Section;
import dev.bartizan.delta.format.TensorPiece;
import dev.bartizan.delta.format.TensorPiece.View;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is in a section's payload, checked against the limits and the lengths before any work is
 * done.
 *
 * <pre>
 * payload   plan            packed: prefix, then pieces to its end
 *             prefix        count, then position (signed, from the end of the one before) and length of each
 *             pieces        see docs/wire-formats.md
 *           literals        packed, with the prefix's stretches of the base as raw-content dictionary
 *           streams         where there are tensors or changed bytes: length of the coded symbols; these; bits
 * packed    length, and where that is not 0: 0 if it is stored, else twice the packed length, one
 *           more for bzip2; then the content, stored, as one magicless zstd frame, or as a bzip2 stream
 * </pre>
 *
 * <p>Numbers here are those of {@link Numbers}.
 *
 * @param prefix stretches of the base that the literals' frame may refer to
 * @param coded bytes of the result that do not come by copying
 */
public record SectionPlan(
    Payload payload,
    List<Piece> pieces,
    List<Piece.Copy> prefix,
    int coded,
    Packed literals,
    Streams streams) {
  private static final int PLAN_MAX = 1 << 20;
  private static final int PIECES_MAX = 1 << 17;
  private static final int PRODUCTS_MAX = 1 << 25;

  /** A section's bytes, followed by a few zeros so that a word can be read at any place. */
  static final class Payload {
    private static final int PADDING = 8;

    private final byte[] padded;
    private final int length;

    private Payload(byte[] padded, int length) {
      this.padded = padded;
      this.length = length;
    }

    /** Reads it; empty if the stream ends early. */
    static Optional<Payload> read(InputStream in, int length) throws IOException {
      byte[] padded = new byte[length + PADDING];
      return in.readNBytes(padded, 0, length) < length
          ? Optional.empty()
          : Optional.of(new Payload(padded, length));
    }

    byte[] bytes() {
      return padded;
    }

    int length() {
      return length;
    }
  }

  /**
   * Where packed content lies.
   *
   * @param length unpacked
   * @param packedLength 0 when it is stored as it is
   * @param isText whether bzip2 packed it, which knows no prefix
   */
  record Packed(int length, int start, int packedLength, boolean isText) {
    int cost() {
      return packedLength == 0 ? length : packedLength;
    }

    void unpack(byte[] payload, byte[] prefix, byte[] target, Zstd zstd) throws DeltaRefusal {
      if (length == 0) {
        return;
      }
      if (packedLength == 0) {
        System.arraycopy(payload, start, target, 0, length);
      } else if (isText) {
        Bzip2.unpack(payload, start, packedLength, target, length);
      } else {
        zstd.unpack(prefix, payload, start, packedLength, target, length);
      }
    }
  }

  /** Where the coded streams lie; the bits take what is left. */
  record Streams(int start, int codedLength) {
    static final Streams NONE = new Streams(0, 0);
  }

  public SectionPlan {
    pieces = List.copyOf(pieces);
    prefix = List.copyOf(prefix);
  }

  static SectionPlan parse(Section section, DeltaHeader header, Payload payload)
      throws DeltaRefusal {
    return new Parser(section, header, payload).parse();
  }

  /** Bytes of the result that are literals. */
  public int literalsLength() {
    return literals.length();
  }

  /** Bytes of the payload that the literals take. */
  public int literalsCost() {
    return literals.cost();
  }

  /** Bytes of the payload that changed bytes take, as far as tensors say what they take. */
  public int changesCost() {
    int streamed = payload.length() - streams.start();
    int tensors =
        pieces.stream().mapToInt(it -> it instanceof TensorPiece tensor ? tensor.cost() : 0).sum();
    return Math.max(0, streamed - tensors);
  }

  /** Bytes of the result that are the base's but for some changes. */
  public long changedLength() {
    return pieces.stream()
        .filter(Piece.Shifted.class::isInstance)
        .mapToLong(Piece::resultLength)
        .sum();
  }

  /** Bytes of the base that the prefix takes. */
  int prefixLength() {
    return (int) prefix.stream().mapToLong(Piece.Copy::resultLength).sum();
  }

  private static final class Parser {
    private final Section section;
    private final DeltaHeader header;
    private final Payload payload;
    private final Numbers in;
    private final List<Piece> pieces = new ArrayList<>();
    private final List<Piece.Copy> prefix = new ArrayList<>();
    private long result;
    private long coded;
    private long atHand;
    private long literalBytes;
    private boolean coding;

    Parser(Section section, DeltaHeader header, Payload payload) {
      this.section = section;
      this.header = header;
      this.payload = payload;
      this.in = new Numbers(payload.bytes(), 0, payload.length());
    }

    SectionPlan parse() throws DeltaRefusal {
      Packed plan = packed(PLAN_MAX, "plan");
      byte[] unpacked = new byte[plan.length()];
      plan.unpack(payload.bytes(), new byte[0], unpacked, new Zstd());
      readPlan(new Numbers(unpacked, 0, unpacked.length));
      Packed literals = packed(literalBytes, "literals");
      Streams streams = coding ? streams() : Streams.NONE;
      if (!coding && in.hasMore()) {
        throw malformed("bytes after its last part");
      }
      return new SectionPlan(payload, pieces, prefix, (int) coded, literals, streams);
    }

    private Packed packed(long length, String what) throws DeltaRefusal {
      int unpacked = in.next((int) Math.min(length, Integer.MAX_VALUE), what);
      if (!what.equals("plan") && unpacked != length) {
        throw malformed(what + " of " + unpacked + " bytes where " + length + " are used");
      }
      if (unpacked == 0) {
        return new Packed(0, 0, 0, false);
      }
      int packing = in.next(2 * payload.length() + 1, what);
      int packedLength = packing / 2;
      int start = in.position();
      int there = packing == 0 ? unpacked : packedLength;
      if (there > payload.length() - start || packing == 1) {
        throw malformed(what + " that ends beyond the payload");
      }
      in.skip(there);
      return new Packed(unpacked, start, packedLength, packing % 2 == 1);
    }

    private Streams streams() throws DeltaRefusal {
      int coded = in.next(payload.length(), "coded symbols");
      return new Streams(in.position(), coded);
    }

    private void readPlan(Numbers plan) throws DeltaRefusal {
      int stretches = plan.next(PIECES_MAX, "stretches of the base");
      long expected = 0;
      for (int i = 0; i < stretches; i++) {
        long position = expected + plan.signed();
        long length = plan.next();
        requireInBase(position, length);
        addAtHand(length);
        prefix.add(new Piece.Copy(position, length));
        expected = position + length;
      }
      PieceCode code = new PieceCode();
      while (plan.hasMore()) {
        if (pieces.size() == PIECES_MAX) {
          throw malformed("more than " + PIECES_MAX + " pieces");
        }
        add(code.read(plan));
      }
      if (result != section.resultLength()) {
        throw malformed("its pieces make " + result + " bytes, not " + section.resultLength());
      }
    }

    private void add(Piece piece) throws DeltaRefusal {
      result += piece.resultLength();
      if (result > section.resultLength()) {
        throw malformed("its pieces are longer than it");
      }
      addAtHand(piece.baseBytes());
      if (piece instanceof Piece.Copy copy) {
        requireInBase(copy.position(), copy.resultLength());
      } else {
        coded += piece.resultLength();
        if (coded > DeltaFormat.SECTION_CODED_MAX) {
          throw malformed("it codes more than " + DeltaFormat.SECTION_CODED_MAX + " bytes");
        }
      }
      if (piece instanceof Piece.Literal) {
        literalBytes += piece.resultLength();
      } else if (piece instanceof Piece.Shifted shifted) {
        requireInBase(shifted.position(), shifted.resultLength());
        coding = true;
      } else if (piece instanceof TensorPiece tensor) {
        requireSound(tensor);
        coding = true;
      }
      pieces.add(piece);
    }

    private void addAtHand(long bytes) throws DeltaRefusal {
      atHand += bytes;
      if (bytes > DeltaFormat.SECTION_BASE_MAX || atHand > DeltaFormat.SECTION_BASE_MAX) {
        throw malformed(
            "it needs more than " + DeltaFormat.SECTION_BASE_MAX + " bytes of the base");
      }
    }

    private void requireInBase(long position, long length) throws DeltaRefusal {
      if (position < 0 || length < 0 || length > header.baseLength() - position) {
        throw malformed("a stretch outside of the base");
      }
    }

    private void requireSound(TensorPiece piece) throws DeltaRefusal {
      long elements = (long) piece.rows() * piece.columns();
      long vectors = (long) piece.rank() * (piece.rows() + piece.columns());
      if (vectors > TensorPiece.SIDE_NUMBERS_MAX || piece.rank() * elements > PRODUCTS_MAX) {
        throw malformed("a change of rank " + piece.rank() + " is too much work");
      }
      if (!piece.hasBase()) {
        return;
      }
      View base = piece.base();
      if (base.rowStride() != 1 && base.columnStride() != 1) {
        throw malformed("a base neither whose rows nor whose columns are in one row");
      }
      long last =
          (piece.rows() - 1) * base.rowStride() + (base.columns() - 1) * base.columnStride();
      if (last >= header.baseLength() / base.format().width()) {
        throw malformed("a tensor larger than the base");
      }
      requireInBase(base.position(), (last + 1) * base.format().width());
    }

    private DeltaRefusal malformed(String detail) {
      return new DeltaRefusal(
          Reason.MALFORMED, "the section at " + section.position() + ": " + detail);
    }
  }
}
