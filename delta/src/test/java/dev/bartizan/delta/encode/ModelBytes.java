// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.NumberFormat;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** Builds small ONNX files and the numbers in them. */
final class ModelBytes {
  static final int FLOAT = 1;
  static final int UINT8 = 2;
  static final int INT8 = 3;
  static final int INT64 = 7;
  static final int FLOAT16 = 10;
  static final int DOUBLE = 11;
  static final int BFLOAT16 = 16;

  private final ByteArrayOutputStream graph = new ByteArrayOutputStream();

  ModelBytes with(String name, int type, byte[] content, long... dimensions) {
    ByteArrayOutputStream tensor = new ByteArrayOutputStream();
    for (long dimension : dimensions) {
      number(tensor, 1, dimension);
    }
    number(tensor, 2, type);
    message(tensor, 8, name.getBytes(StandardCharsets.UTF_8));
    message(tensor, 9, content);
    message(graph, 5, tensor.toByteArray());
    return this;
  }

  /** Something that is no tensor: a node of the graph. */
  ModelBytes withNode(String name) {
    ByteArrayOutputStream node = new ByteArrayOutputStream();
    message(node, 3, name.getBytes(StandardCharsets.UTF_8));
    message(graph, 1, node.toByteArray());
    return this;
  }

  byte[] build() {
    ByteArrayOutputStream model = new ByteArrayOutputStream();
    number(model, 1, 8);
    message(model, 7, graph.toByteArray());
    return model.toByteArray();
  }

  /** Normally distributed, rows of different size. */
  static double[] weights(long seed, int rows, int columns) {
    Random random = new Random(seed);
    double[] weights = new double[rows * columns];
    for (int r = 0; r < rows; r++) {
      double scale = 0.02 + 0.1 * random.nextDouble();
      for (int c = 0; c < columns; c++) {
        weights[r * columns + c] = scale * random.nextGaussian();
      }
    }
    return weights;
  }

  /** The weights after a small step, of a size of its own for each row and column. */
  static double[] tuned(double[] weights, long seed, int rows, int columns, double step) {
    Random random = new Random(seed);
    double[] byColumn = random.doubles(columns, 0.2, 3).toArray();
    double[] tuned = weights.clone();
    for (int r = 0; r < rows; r++) {
      double byRow = 0.2 + random.nextDouble();
      for (int c = 0; c < columns; c++) {
        tuned[r * columns + c] += step * byRow * byColumn[c] * random.nextGaussian();
      }
    }
    return tuned;
  }

  static byte[] floats(double[] values) {
    byte[] out = new byte[4 * values.length];
    for (int i = 0; i < values.length; i++) {
      NumberFormat.F32.store(out, 4 * i, Float.floatToRawIntBits((float) values[i]));
    }
    return out;
  }

  static byte[] doubles(double[] values) {
    byte[] out = new byte[8 * values.length];
    for (int i = 0; i < values.length; i++) {
      NumberFormat.F64.store(out, 8 * i, Double.doubleToRawLongBits(values[i]));
    }
    return out;
  }

  static byte[] halves(double[] values, NumberFormat format) {
    byte[] out = new byte[2 * values.length];
    for (int i = 0; i < values.length; i++) {
      format.store(out, 2 * i, format.unordered(format.nearest((float) values[i])));
    }
    return out;
  }

  static byte[] quantised(double[] values, double scale, int zero) {
    byte[] out = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      out[i] = (byte) Math.max(-128, Math.min(127, Math.rint((float) values[i] / scale) + zero));
    }
    return out;
  }

  private static void message(ByteArrayOutputStream out, int field, byte[] content) {
    varint(out, (field << 3) | 2);
    varint(out, content.length);
    out.writeBytes(content);
  }

  private static void number(ByteArrayOutputStream out, int field, long value) {
    varint(out, field << 3);
    varint(out, value);
  }

  private static void varint(ByteArrayOutputStream out, long value) {
    long left = value;
    for (; left >>> 7 != 0; left >>>= 7) {
      out.write((int) ((left & 0x7f) | 0x80));
    }
    out.write((int) left);
  }
}
