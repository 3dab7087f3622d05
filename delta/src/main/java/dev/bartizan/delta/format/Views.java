// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.delta.format.TensorPiece.View;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads a rectangle of the base row after row, whatever way the base has them. */
public final class Views {
  private Views() {}

  /** The rectangle, dense. */
  public static byte[] read(KnownContent content, View view, int rows) throws IOException {
    byte[] dense = new byte[rows * view.columns() * view.format().width()];
    read(content, view, rows, dense, 0);
    return dense;
  }

  /** Fills {@code target} from {@code at} on; returns where it stopped. */
  public static int read(KnownContent content, View view, int rows, byte[] target, int at)
      throws IOException {
    int width = view.format().width();
    int row = view.columns() * width;
    if (view.columnStride() != 1) {
      readColumns(content, view, rows, target, at);
    } else if (view.rowStride() == view.columns()) {
      content.read(view.position(), ByteBuffer.wrap(target, at, rows * row));
    } else {
      for (int i = 0; i < rows; i++) {
        long start = view.position() + i * view.rowStride() * width;
        content.read(start, ByteBuffer.wrap(target, at + i * row, row));
      }
    }
    return at + rows * row;
  }

  private static void readColumns(KnownContent content, View view, int rows, byte[] target, int at)
      throws IOException {
    int width = view.format().width();
    byte[] column = new byte[rows * width];
    for (int c = 0; c < view.columns(); c++) {
      content.read(view.position() + c * view.columnStride() * width, ByteBuffer.wrap(column));
      for (int r = 0; r < rows; r++) {
        int to = at + (r * view.columns() + c) * width;
        System.arraycopy(column, r * width, target, to, width);
      }
    }
  }
}
