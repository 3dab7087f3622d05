package dev.bartizan.fleet.delta;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.delta.KnownContent;
import dev.bartizan.updater.onnx.LocatedTensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Finds for a tensor of the result what in the base it came from. */
final class Matcher {
  private static final int SAMPLES = 2048;
  private static final int CANDIDATES_MAX = 256;

  /** Less alike than this is not worth a try. */
  private static final double ALIKE = 0.2;

  private final KnownContent base;
  private final Map<Digest, LocatedTensor> byContent = new HashMap<>();
  private final Map<String, LocatedTensor> byName = new HashMap<>();
  private final Map<String, List<LocatedTensor>> byShape = new HashMap<>();

  Matcher(KnownContent base, Layout layout) throws IOException {
    this.base = base;
    for (LocatedTensor tensor : layout.tensors()) {
      byContent.putIfAbsent(hash(base, tensor), tensor);
      byName.putIfAbsent(tensor.name(), tensor);
      byShape.computeIfAbsent(shape(tensor), any -> new ArrayList<>()).add(tensor);
    }
  }

  /** A tensor of the base with the very same bytes. */
  Optional<LocatedTensor> findSame(KnownContent result, LocatedTensor tensor) throws IOException {
    return Optional.ofNullable(byContent.get(hash(result, tensor)))
        .filter(same -> same.length() == tensor.length());
  }

  Counterpart counterpart(KnownContent result, LocatedTensor tensor) throws IOException {
    Grid grid = Grid.of(tensor);
    LocatedTensor named = byName.get(tensor.name());
    if (named != null && !tensor.name().isEmpty()) {
      Counterpart same = relate(grid, tensor, named);
      if (same.columns() > 0) {
        return same;
      }
    }
    Counterpart best = Counterpart.NONE;
    double alike = ALIKE;
    for (LocatedTensor candidate : candidates(tensor)) {
      Counterpart related = relate(grid, tensor, candidate);
      double found = related.columns() == 0 ? 0 : correlation(result, grid, related);
      if (found > alike) {
        alike = found;
        best = related;
      }
    }
    return best;
  }

  private List<LocatedTensor> candidates(LocatedTensor tensor) {
    List<LocatedTensor> found = new ArrayList<>(byShape.getOrDefault(shape(tensor), List.of()));
    if (tensor.shape().rank() == 2) {
      List<Long> dimensions = tensor.shape().dimensions();
      String turned = List.of(dimensions.get(1), dimensions.get(0)).toString();
      found.addAll(byShape.getOrDefault(turned, List.of()));
    }
    return found.subList(0, Math.min(CANDIDATES_MAX, found.size()));
  }

  private static Counterpart relate(Grid grid, LocatedTensor tensor, LocatedTensor old) {
    Grid from = Grid.of(old);
    List<Long> now = tensor.shape().dimensions();
    List<Long> then = old.shape().dimensions();
    if (now.equals(then)) {
      return Counterpart.same(grid, from);
    }
    boolean turned =
        now.size() == 2
            && then.size() == 2
            && now.get(0).equals(then.get(1))
            && now.get(1).equals(then.get(0));
    if (grid.isCut() || from.isCut()) {
      return Counterpart.NONE;
    }
    if (turned) {
      return Counterpart.transposed(grid, from);
    }
    return now.size() == then.size() && inner(now).equals(inner(then))
        ? Counterpart.overlap(grid, from)
        : Counterpart.NONE;
  }

  /**
   * The dimensions behind the first two, which must agree for rows and columns to mean the same.
   */
  private static List<Long> inner(List<Long> dimensions) {
    return dimensions.subList(Math.min(2, dimensions.size()), dimensions.size());
  }

  private double correlation(KnownContent result, Grid grid, Counterpart related)
      throws IOException {
    long rows = Math.min(related.rows(), grid.rows());
    long total = rows * related.columns();
    double sumBoth = 0;
    double sumNow = 0;
    double sumThen = 0;
    int count = (int) Math.min(SAMPLES, total);
    for (int i = 0; i < count; i++) {
      long at = total / count * i;
      long row = at / related.columns();
      long column = at % related.columns();
      long element = row * grid.columns() + column;
      if (element >= grid.elements()) {
        break;
      }
      double now = value(result, grid.format(), grid.position() + element * grid.format().width());
      long there = row * related.rowStride() + column * related.columnStride();
      double then =
          value(base, related.format(), related.position() + there * related.format().width());
      sumBoth += now * then;
      sumNow += now * now;
      sumThen += then * then;
    }
    double scale = Math.sqrt(sumNow) * Math.sqrt(sumThen);
    return scale > 0 && Double.isFinite(scale) ? Math.abs(sumBoth) / scale : 0;
  }

  private static double value(
      KnownContent content, dev.bartizan.updater.delta.NumberFormat format, long position)
      throws IOException {
    byte[] one = new byte[format.width()];
    content.read(position, ByteBuffer.wrap(one));
    return format.value(format.ordered(format.bits(one, 0)));
  }

  private static String shape(LocatedTensor tensor) {
    return tensor.shape().dimensions().toString();
  }

  private static Digest hash(KnownContent content, LocatedTensor tensor) throws IOException {
    MessageDigest sha256 = Digest.sha256();
    byte[] piece = new byte[(int) Math.min(1 << 20, tensor.length())];
    for (long at = tensor.offset(); at < tensor.end(); at += piece.length) {
      ByteBuffer part = ByteBuffer.wrap(piece, 0, (int) Math.min(piece.length, tensor.end() - at));
      content.read(at, part);
      sha256.update(part.flip());
    }
    return Digest.ofValue(sha256.digest());
  }
}
