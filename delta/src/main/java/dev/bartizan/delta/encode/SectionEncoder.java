// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.code.ChangeCode;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.KnownContent;
import dev.bartizan.delta.format.Piece;
import dev.bartizan.delta.format.PieceCode;
import dev.bartizan.delta.format.TensorPiece.View;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Encodes one section; as many as there are cores may be at it, each on its own. */
final class SectionEncoder {
  /** Below that a plan of copies is as short as anything. */
  private static final int WORTH_ANOTHER_TRY = 128;

  private final KnownContent base;
  private final KnownContent result;
  private final Layout baseLayout;

  SectionEncoder(KnownContent base, Layout baseLayout, KnownContent result) {
    this.base = base;
    this.baseLayout = baseLayout;
    this.result = result;
  }

  /** The payload of a section. */
  byte[] encode(Draft draft) throws IOException {
    Parts parts = new Parts();
    for (Item item : draft.items()) {
      if (item instanceof Item.Bytes bytes) {
        parts.add(bytes);
      } else if (item instanceof Item.Rows rows) {
        parts.add(rows);
      }
    }
    byte[] payload = parts.payload();
    if (payload.length > WORTH_ANOTHER_TRY && isAtHand(draft)) {
      byte[] other = asOneLiteral(draft);
      return other.length < payload.length ? other : payload;
    }
    return payload;
  }

  /** Whether both are bytes only, and so few that a section can refer to all of the base. */
  private boolean isAtHand(Draft draft) {
    return draft.length() <= DeltaFormat.SECTION_CODED_MAX
        && base.length() > 0
        && base.length() <= DeltaFormat.SECTION_BASE_MAX
        && draft.items().stream().allMatch(Item.Bytes.class::isInstance);
  }

  /** In texts and archives a frame finds shorter matches than those that are worth a piece. */
  private byte[] asOneLiteral(Draft draft) throws IOException {
    byte[] content = result.read(draft.position(), (int) draft.length());
    byte[] whole = base.read(0, (int) base.length());
    byte[] plan =
        PieceCode.plan(
            List.of(new Piece.Copy(0, whole.length)), List.of(new Piece.Literal(content.length)));
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    FrameWriter.write(plan, new byte[0], payload);
    FrameWriter.write(content, whole, payload);
    return payload.toByteArray();
  }

  private final class Parts {
    private final List<Piece> pieces = new ArrayList<>();
    private final ByteArrayOutputStream literals = new ByteArrayOutputStream();
    private final SymbolWriter symbols = new SymbolWriter();
    private final ChangeCode changes = new ChangeCode(symbols);

    /** What literals that are tensors were made from. */
    private final List<Piece.Copy> counterparts = new ArrayList<>();

    private boolean coding;

    /** Where in the base the first literal was expected. */
    private long near = -1;

    private long expected;

    void add(Item.Bytes bytes) throws IOException {
      Piece piece = bytes.piece();
      if (piece instanceof Piece.Literal) {
        addLiteral(result.read(bytes.position(), (int) piece.resultLength()));
        return;
      }
      if (piece instanceof Piece.Shifted shifted) {
        byte[] now = result.read(bytes.position(), (int) shifted.resultLength());
        byte[] then = base.read(shifted.position(), now.length);
        write(then, now);
        coding = true;
        expected = shifted.position() + now.length;
      } else if (piece instanceof Piece.Copy copy) {
        expected = copy.position() + copy.resultLength();
      }
      pieces.add(piece);
    }

    private void write(byte[] then, byte[] now) {
      try {
        changes.code(then, 0, now, 0, now.length);
      } catch (DeltaRefusal impossible) {
        throw new IllegalStateException("a writer refuses nothing", impossible);
      }
    }

    private void addLiteral(byte[] content) {
      near = near < 0 ? expected : near;
      literals.writeBytes(content);
      boolean joined = !pieces.isEmpty() && pieces.get(pieces.size() - 1) instanceof Piece.Literal;
      if (joined) {
        long before = pieces.remove(pieces.size() - 1).resultLength();
        pieces.add(new Piece.Literal(before + content.length));
      } else {
        pieces.add(new Piece.Literal(content.length));
      }
    }

    void add(Item.Rows rows) throws IOException {
      Block block = block(rows);
      Choice choice = BlockCoder.best(block);
      if (isAddedAsLiteral(block, choice.bits() / 8)) {
        return;
      }
      coding = true;
      choice.write(symbols);
      pieces.add(choice.piece());
      if (block.hasBase()) {
        expected = block.view().position() + block.base().length;
      }
    }

    /** Adds it as one, if that is shorter; its counterpart is then something to refer to. */
    private boolean isAddedAsLiteral(Block block, double length) {
      byte[] before = block.isInOneStretch() ? block.base() : new byte[0];
      if (!FrameWriter.isShorter(block.content(), before, length)) {
        return false;
      }
      if (before.length > 0) {
        counterparts.add(new Piece.Copy(block.view().position(), before.length));
      }
      addLiteral(block.content());
      return true;
    }

    byte[] payload() throws IOException {
      List<Piece.Copy> prefix = new ArrayList<>(literals.size() > 0 ? prefix() : List.of());
      prefix.addAll(counterparts);
      ByteArrayOutputStream dictionary = new ByteArrayOutputStream();
      for (Piece.Copy stretch : prefix) {
        dictionary.writeBytes(base.read(stretch.position(), (int) stretch.resultLength()));
      }
      ByteArrayOutputStream payload = new ByteArrayOutputStream();
      FrameWriter.write(PieceCode.plan(prefix, pieces), new byte[0], payload);
      FrameWriter.write(literals.toByteArray(), dictionary.toByteArray(), payload);
      if (coding) {
        symbols.write(payload);
      }
      return payload.toByteArray();
    }

    /** What of the base lies around where the literals were expected, tensors left out. */
    private List<Piece.Copy> prefix() {
      long from = Math.max(0, near - Draft.PREFIX_MAX / 4);
      List<Piece.Copy> prefix = new ArrayList<>();
      long room = Math.min(Draft.PREFIX_MAX, 64L * literals.size() + (64 << 10));
      for (Piece.Copy between : baseLayout.between(base.length())) {
        long start = Math.max(from, between.position());
        long end = between.position() + between.resultLength();
        long length = Math.min(room, end - start);
        if (length > 0) {
          prefix.add(new Piece.Copy(start, length));
          room -= length;
        }
      }
      return prefix;
    }
  }

  private Block block(Item.Rows rows) throws IOException {
    Grid grid = rows.tensor().grid();
    byte[] content = result.read(rows.position(), (int) rows.length());
    if (rows.counterpart().columns() == 0) {
      return new Block(grid.format(), rows.rows(), rows.columns(), content, View.NONE, new byte[0]);
    }
    View view = rows.counterpart().view(rows.firstRow());
    byte[] like = dev.bartizan.delta.format.Views.read(base, view, rows.rows());
    return new Block(grid.format(), rows.rows(), rows.columns(), content, view, like);
  }
}
