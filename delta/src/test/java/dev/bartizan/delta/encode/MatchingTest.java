// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static dev.bartizan.delta.encode.DeltaTrial.share;
import static dev.bartizan.delta.encode.ModelBytes.floats;
import static dev.bartizan.delta.encode.ModelBytes.tuned;
import static dev.bartizan.delta.encode.ModelBytes.weights;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.format.NumberFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Where weights come from that another exporter, a converter or an optimiser put elsewhere. */
class MatchingTest {
  private static final int ROWS = 96;
  private static final int COLUMNS = 320;

  private final double[] old = weights(1, ROWS, COLUMNS);
  private final double[] other = weights(2, ROWS, COLUMNS);
  private final double[] small = tuned(old, 3, ROWS, COLUMNS, 1e-5);

  // As dynamic quantisation writes them: a name with a suffix, a scale, a zero point far from 0.
  @Test
  void quantisedWithAZeroPointUnderAnotherName() throws Exception {
    byte[] halves = ModelBytes.halves(old, NumberFormat.F16);
    byte[] base =
        new ModelBytes()
            .with(
                "other",
                ModelBytes.FLOAT16,
                ModelBytes.halves(other, NumberFormat.F16),
                ROWS,
                COLUMNS)
            .with("w", ModelBytes.FLOAT16, halves, ROWS, COLUMNS)
            .build();
    byte[] steps = new byte[old.length];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = (byte) Math.max(0, Math.min(255, Math.rint(old[i] / 0.003) + 131));
    }
    byte[] result =
        new ModelBytes().with("w_quantized", ModelBytes.UINT8, steps, ROWS, COLUMNS).build();
    assertTrue(share(base, result) < 0.05);
  }

  @Test
  void integersThatBecameFloatsAgain() throws Exception {
    byte[] steps = new byte[old.length];
    double[] floats = new double[old.length];
    for (int i = 0; i < steps.length; i++) {
      int step = (int) Math.max(0, Math.min(255, Math.rint(old[i] / 0.003) + 131));
      steps[i] = (byte) step;
      floats[i] = (float) (0.003 * (step - 131));
    }
    byte[] base =
        new ModelBytes().with("w_quantized", ModelBytes.UINT8, steps, ROWS, COLUMNS).build();
    assertTrue(share(base, model("w", floats, ROWS, COLUMNS)) < 0.2);
  }

  // Exporters that number what has no name shift all names when a layer is added.
  @Test
  void aNameThatNowBelongsToAnotherTensor() throws Exception {
    byte[] base =
        new ModelBytes()
            .with("Conv_1", ModelBytes.FLOAT, floats(other), ROWS, COLUMNS)
            .with("Conv_2", ModelBytes.FLOAT, floats(old), ROWS, COLUMNS)
            .build();
    assertTrue(share(base, model("Conv_1", small, ROWS, COLUMNS)) < 0.5);
  }

  @Test
  void anotherShapeOfTheSameElements() throws Exception {
    assertTrue(
        share(model("w", old, ROWS, COLUMNS), model("v", small, 1, ROWS, COLUMNS / 4, 4)) < 0.5);
  }

  @Test
  void aSquareMatrixThatIsTransposedUnderTheSameName() throws Exception {
    double[] square = weights(4, ROWS, ROWS);
    double[] moved = tuned(square, 5, ROWS, ROWS, 1e-5);
    double[] turned = new double[moved.length];
    for (int i = 0; i < turned.length; i++) {
      turned[i] = moved[i % ROWS * ROWS + i / ROWS];
    }
    assertTrue(share(model("w", square, ROWS, ROWS), model("w", turned, ROWS, ROWS)) < 0.6);
  }

  // Attention's queries, keys and values, side by side in one matrix, and the other way.
  @Test
  void matricesThatWereFusedOrSplit() throws Exception {
    double[] fused = new double[2 * old.length];
    for (int r = 0; r < ROWS; r++) {
      System.arraycopy(old, r * COLUMNS, fused, 2 * r * COLUMNS, COLUMNS);
      System.arraycopy(other, r * COLUMNS, fused, (2 * r + 1) * COLUMNS, COLUMNS);
    }
    byte[] apart =
        new ModelBytes()
            .with("q", ModelBytes.FLOAT, floats(old), ROWS, COLUMNS)
            .with("k", ModelBytes.FLOAT, floats(other), ROWS, COLUMNS)
            .build();
    byte[] together = model("qk", fused, ROWS, 2 * COLUMNS);
    assertTrue(share(apart, together) < 0.02);
    assertTrue(share(together, apart) < 0.02);
  }

  @Test
  void rowsInsertedIntoATableCostThemselves() throws Exception {
    Random random = new Random(6);
    double[] grown = new double[(ROWS + 3) * COLUMNS];
    for (int r = 0; r < ROWS + 3; r++) {
      boolean isNew = r % 33 == 20;
      for (int c = 0; c < COLUMNS; c++) {
        int from = r - (r + 12) / 33;
        grown[r * COLUMNS + c] = isNew ? random.nextGaussian() : old[from * COLUMNS + c];
      }
    }
    byte[] result = model("w", grown, ROWS + 3, COLUMNS);
    assertTrue(share(model("w", old, ROWS, COLUMNS), result) < 0.04);
  }

  private static byte[] model(String name, double[] values, long... dimensions) {
    return new ModelBytes().with(name, ModelBytes.FLOAT, floats(values), dimensions).build();
  }
}
