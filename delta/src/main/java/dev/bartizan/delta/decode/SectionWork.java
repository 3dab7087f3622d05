// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.delta.code.ChangeCode;
import dev.bartizan.delta.code.Side;
import dev.bartizan.delta.code.SymbolReader;
import dev.bartizan.delta.code.TensorCode;
import dev.bartizan.delta.decode.SectionPlan.Streams;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.format.TensorPiece;
import dev.bartizan.delta.format.Views;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One section on its way: {@link #load} gets what it needs of the base, {@link #decode} is pure
 * work that may be done anywhere, {@link #emit} puts out the result.
 */
final class SectionWork {
  private static final int COPY_PIECE = 64 << 10;

  private final SectionPlan plan;
  private final Workspace workspace;
  private final byte[] base;
  private final byte[] coded;

  private SectionWork(SectionPlan plan, Workspace workspace) {
    this.plan = plan;
    this.workspace = workspace;
    long atHand = plan.pieces().stream().mapToLong(Piece::baseBytes).sum();
    this.base = workspace.base(plan.prefixLength() + (int) atHand);
    this.coded = workspace.coded(plan.coded());
  }

  /**
   * @param workspace this work's alone until {@link #emit} is done
   */
  static SectionWork load(SectionPlan plan, KnownContent content, Workspace workspace)
      throws IOException {
    SectionWork work = new SectionWork(plan, workspace);
    int at = 0;
    for (Piece.Copy stretch : plan.prefix()) {
      at = work.read(content, stretch.position(), stretch.resultLength(), at);
    }
    for (Piece piece : plan.pieces()) {
      if (piece instanceof Piece.Shifted shifted) {
        at = work.read(content, shifted.position(), shifted.resultLength(), at);
      } else if (piece instanceof TensorPiece tensor) {
        at = Views.read(content, tensor.base(), tensor.rows(), work.base, at);
      }
    }
    return work;
  }

  private int read(KnownContent content, long position, long length, int at) throws IOException {
    content.read(position, ByteBuffer.wrap(base, at, (int) length));
    return at + (int) length;
  }

  SectionWork decode() throws DeltaRefusal {
    byte[] payload = plan.payload().bytes();
    Zstd zstd = new Zstd();
    byte[] prefix = Arrays.copyOf(base, plan.prefixLength());
    byte[] literals = new byte[plan.literals().length()];
    plan.literals().unpack(payload, prefix, literals, zstd);
    SymbolReader symbols = symbols();
    ChangeCode changes = symbols == null ? null : new ChangeCode(symbols);
    int from = prefix.length;
    int to = 0;
    int nextLiteral = 0;
    for (Piece piece : plan.pieces()) {
      int length = piece instanceof Piece.Copy ? 0 : (int) piece.resultLength();
      if (piece instanceof Piece.Literal) {
        System.arraycopy(literals, nextLiteral, coded, to, length);
        nextLiteral += length;
      } else if (piece instanceof Piece.Shifted && changes != null) {
        changes.code(base, from, coded, to, length);
      } else if (piece instanceof TensorPiece tensor && symbols != null) {
        new TensorCode(symbols, tensor, new Side()).code(base, from, coded, to);
      }
      from += (int) piece.baseBytes();
      to += length;
    }
    if (symbols != null) {
      symbols.requireEnd();
    }
    return this;
  }

  private @Nullable SymbolReader symbols() throws DeltaRefusal {
    Streams streams = plan.streams();
    return streams.equals(Streams.NONE)
        ? null
        : new SymbolReader(
            workspace.contexts(),
            plan.payload().bytes(),
            streams.start(),
            streams.codedLength(),
            plan.payload().length());
  }

  /** Puts out the result; returns the workspace, which is free again. */
  Workspace emit(KnownContent content, ResultSink out) throws IOException {
    int next = 0;
    int done = 0;
    for (Piece piece : plan.pieces()) {
      if (piece instanceof Piece.Copy copy) {
        out.write(ByteBuffer.wrap(coded, done, next - done));
        done = next;
        copy(content, copy, out);
      } else {
        next += (int) piece.resultLength();
      }
    }
    out.write(ByteBuffer.wrap(coded, done, next - done));
    return workspace;
  }

  private static void copy(KnownContent content, Piece.Copy copy, ResultSink out)
      throws IOException {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(COPY_PIECE, copy.resultLength()));
    long end = copy.position() + copy.resultLength();
    for (long at = copy.position(); at < end; at += piece.limit()) {
      piece.clear().limit((int) Math.min(piece.capacity(), end - at));
      content.read(at, piece);
      out.write(piece.flip());
    }
  }
}
