// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.systemtest.deltas;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdDictContentType;
import dev.bartizan.systemtest.deltas.Layout.Row;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Codes a model as the published tensor-aware coders do: every number turned into one that is often
 * small, given its predecessor, then byte planes, each compressed with zstd. What is no number
 * travels as a patch against the same of the old file.
 *
 * <p>{@code bitx} is XOR and zstd -3 (BitX, of ZipLLM), {@code fmDelta} the difference of ordered
 * integers and zstd -19 (FM-Delta, whose range coder is within a percent of it), {@code alone} an
 * exponent and mantissa split without a predecessor and zstd -19 (as ZipNN does).
 */
record PlaneCoder(Numbers numbers, int level, boolean usesOld) {
  private static final int SKELETON_LEVEL = 19;
  private static final int[] WIDTHS = {1, 2, 4, 8};

  static PlaneCoder bitx() {
    return new PlaneCoder(Numbers.XOR, 3, true);
  }

  static PlaneCoder fmDelta() {
    return new PlaneCoder(Numbers.ORDERED, 19, true);
  }

  static PlaneCoder alone() {
    return new PlaneCoder(Numbers.ALONE, 19, false);
  }

  byte[] encode(byte[] old, byte[] next) {
    byte[] predecessor = usesOld ? old : new byte[0];
    List<Row> rows = Layout.between(predecessor, next);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeInt(next.length);
      block(out, layout(rows), SKELETON_LEVEL, new byte[0]);
      block(out, skeleton(next, rows), SKELETON_LEVEL, predecessor);
      for (int width : WIDTHS) {
        for (boolean matched : new boolean[] {true, false}) {
          writePlanes(out, chosen(rows, width, matched), predecessor, next, width);
        }
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return bytes.toByteArray();
  }

  byte[] decode(byte[] old, byte[] delta) {
    byte[] predecessor = usesOld ? old : new byte[0];
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(delta))) {
      byte[] next = new byte[in.readInt()];
      List<Row> rows = rows(block(in, new byte[0]));
      putSkeleton(block(in, predecessor), next, rows);
      for (int width : WIDTHS) {
        for (boolean matched : new boolean[] {true, false}) {
          readPlanes(in, chosen(rows, width, matched), predecessor, next, width);
        }
      }
      return next;
    } catch (IOException cut) {
      throw new UncheckedIOException(cut);
    }
  }

  private static List<Row> chosen(List<Row> rows, int width, boolean matched) {
    return rows.stream().filter(r -> r.width() == width && r.oldOffset() >= 0 == matched).toList();
  }

  // ---- numbers

  private void writePlanes(DataOutputStream out, List<Row> rows, byte[] old, byte[] next, int width)
      throws IOException {
    byte[][] planes = new byte[width][rows.stream().mapToInt(Row::length).sum() / width];
    int at = 0;
    for (Row row : rows) {
      for (int i = 0; i + width <= row.length(); i += width, at++) {
        long before = row.oldOffset() < 0 ? 0 : get(old, row.oldOffset() + i, width);
        long number = get(next, row.offset() + i, width);
        long code = as(row).code(before, number, 8 * width, row.floats());
        for (int plane = 0; plane < width; plane++) {
          planes[plane][at] = (byte) (code >>> (8 * plane));
        }
      }
    }
    for (byte[] plane : planes) {
      block(out, plane, level, new byte[0]);
    }
  }

  private void readPlanes(DataInputStream in, List<Row> rows, byte[] old, byte[] next, int width)
      throws IOException {
    byte[][] planes = new byte[width][];
    for (int plane = 0; plane < width; plane++) {
      planes[plane] = block(in, new byte[0]);
    }
    int at = 0;
    for (Row row : rows) {
      for (int i = 0; i + width <= row.length(); i += width, at++) {
        long code = 0;
        for (int plane = 0; plane < width; plane++) {
          code |= (planes[plane][at] & 0xffL) << (8 * plane);
        }
        long before = row.oldOffset() < 0 ? 0 : get(old, row.oldOffset() + i, width);
        put(next, row.offset() + i, width, as(row).number(before, code, 8 * width, row.floats()));
      }
    }
  }

  private Numbers as(Row row) {
    return row.oldOffset() < 0 ? Numbers.ALONE : numbers;
  }

  private static long get(byte[] from, int at, int width) {
    long bits = 0;
    for (int i = 0; i < width; i++) {
      bits |= (from[at + i] & 0xffL) << (8 * i);
    }
    return bits;
  }

  private static void put(byte[] into, int at, int width, long bits) {
    for (int i = 0; i < width; i++) {
      into[at + i] = (byte) (bits >>> (8 * i));
    }
  }

  // ---- what is no number

  private static byte[] layout(List<Row> rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(rows.size());
    for (Row row : rows) {
      out.writeInt(row.offset());
      out.writeInt(row.length());
      out.writeByte(row.width());
      out.writeBoolean(row.floats());
      out.writeInt(row.oldOffset());
    }
    return bytes.toByteArray();
  }

  private static List<Row> rows(byte[] layout) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(layout));
    int count = in.readInt();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      rows.add(new Row(in.readInt(), in.readInt(), in.readByte(), in.readBoolean(), in.readInt()));
    }
    return rows;
  }

  private static byte[] skeleton(byte[] file, List<Row> rows) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    int at = 0;
    for (Row row : rows) {
      out.write(file, at, row.offset() - at);
      at = row.offset() + row.length();
    }
    out.write(file, at, file.length - at);
    return out.toByteArray();
  }

  private static void putSkeleton(byte[] skeleton, byte[] file, List<Row> rows) {
    int at = 0;
    int taken = 0;
    for (Row row : rows) {
      System.arraycopy(skeleton, taken, file, at, row.offset() - at);
      taken += row.offset() - at;
      at = row.offset() + row.length();
    }
    System.arraycopy(skeleton, taken, file, at, file.length - at);
  }

  private static void block(DataOutputStream out, byte[] content, int level, byte[] dictionary)
      throws IOException {
    byte[] packed;
    try (ZstdCompressCtx zstd = new ZstdCompressCtx()) {
      zstd.setLevel(level);
      zstd.loadDict(dictionary, ZstdDictContentType.RAW_CONTENT);
      packed = zstd.compress(content);
    }
    out.writeInt(content.length);
    out.writeInt(packed.length);
    out.write(packed);
  }

  private static byte[] block(DataInputStream in, byte[] dictionary) throws IOException {
    int length = in.readInt();
    byte[] packed = in.readNBytes(in.readInt());
    try (ZstdDecompressCtx zstd = new ZstdDecompressCtx()) {
      zstd.loadDict(dictionary, ZstdDictContentType.RAW_CONTENT);
      return zstd.decompress(packed, length);
    }
  }
}
