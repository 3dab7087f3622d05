// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static dev.bartizan.delta.encode.DeltaTrial.roundTrip;
import static dev.bartizan.delta.encode.DeltaTrial.share;
import static dev.bartizan.delta.encode.ModelBytes.floats;
import static dev.bartizan.delta.encode.ModelBytes.tuned;
import static dev.bartizan.delta.encode.ModelBytes.weights;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.delta.format.NumberFormat;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Models whose tensors are seen as numbers; shares are of the new file. */
class ModelRoundTripTest {
  private static final int ROWS = 96;
  private static final int COLUMNS = 300;

  private final double[] old = weights(1, ROWS, COLUMNS);
  private final double[] small = tuned(old, 2, ROWS, COLUMNS, 1e-5);

  // Byte tools send 90 % of such a file again, differences of ordered integers some 60 %.
  @Test
  void floatsThatMovedALittle() throws Exception {
    assertTrue(share(model(old), model(small)) < 0.5);
  }

  // Quantised weights of a row drift one way. Each alone says little; the run says nearly all.
  @Test
  void integersWhoseRowsDriftOneWay() throws Exception {
    Random random = new Random(11);
    byte[] then = new byte[ROWS * COLUMNS];
    random.nextBytes(then);
    byte[] now = then.clone();
    for (int i = 0; i < now.length; i++) {
      int drift = i / COLUMNS % 3 - 1;
      now[i] += (byte) (random.nextInt(50) == 0 ? 0 : drift);
    }
    byte[] base = new ModelBytes().with("w", ModelBytes.INT8, then, ROWS, COLUMNS).build();
    byte[] result = new ModelBytes().with("w", ModelBytes.INT8, now, ROWS, COLUMNS).build();
    assertTrue(share(base, result) < 0.05);
  }

  @Test
  void aTensorWithAnotherNameInAnotherPlaceIsRecognised() throws Exception {
    byte[] base = model(old);
    byte[] result =
        new ModelBytes()
            .withNode("added")
            .with("other", ModelBytes.FLOAT, floats(weights(7, 8, 8)), 8, 8)
            .with("renamed", ModelBytes.FLOAT, floats(small), ROWS, COLUMNS)
            .build();
    assertTrue(share(base, result) < 0.5);
  }

  @Test
  void aTransposedTensorIsRecognised() throws Exception {
    double[] turned = new double[small.length];
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        turned[c * ROWS + r] = small[r * COLUMNS + c];
      }
    }
    byte[] result =
        new ModelBytes().with("w", ModelBytes.FLOAT, floats(turned), COLUMNS, ROWS).build();
    assertTrue(share(model(old), result) < 0.5);
  }

  @Test
  void aWidenedTensorKeepsWhatItHad() throws Exception {
    int wider = COLUMNS + 20;
    double[] grown = weights(9, ROWS + 5, wider);
    for (int r = 0; r < ROWS; r++) {
      System.arraycopy(small, r * COLUMNS, grown, r * wider, COLUMNS);
    }
    byte[] result =
        new ModelBytes().with("w", ModelBytes.FLOAT, floats(grown), ROWS + 5, wider).build();
    assertTrue(share(model(old), result) < 0.6);
  }

  @Test
  void aWidenedTensorWithAnAdapterMergedIntoWhatItHadCostsTheAdapterAndTheNewWeights()
      throws Exception {
    int wider = COLUMNS + 3;
    double[] grown = weights(9, ROWS, wider);
    Random random = new Random(8);
    double[] down = random.doubles(ROWS, -0.1, 0.1).toArray();
    double[] up = random.doubles(COLUMNS, -0.1, 0.1).toArray();
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        grown[r * wider + c] = old[r * COLUMNS + c] + down[r] * up[c];
      }
    }
    byte[] result =
        new ModelBytes().with("w", ModelBytes.FLOAT, floats(grown), ROWS, wider).build();
    assertTrue(share(model(old), result) < 0.25);
  }

  @Test
  void newWeightsCostNoMoreThanTheirEntropy() throws Exception {
    assertTrue(share(model(old), model(weights(5, ROWS, COLUMNS))) < 0.84);
  }

  @Test
  void aCastToHalfPrecisionCostsAlmostNothing() throws Exception {
    for (NumberFormat format : new NumberFormat[] {NumberFormat.F16, NumberFormat.BF16}) {
      int type = format == NumberFormat.F16 ? ModelBytes.FLOAT16 : ModelBytes.BFLOAT16;
      byte[] narrow = ModelBytes.halves(old, format);
      byte[] result = new ModelBytes().with("w", type, narrow, ROWS, COLUMNS).build();
      assertTrue(share(model(old), result) < 0.02, format.name());
    }
  }

  @Test
  void halfPrecisionMovesAreCheap() throws Exception {
    byte[] base = halves(old);
    assertTrue(share(base, halves(tuned(old, 2, ROWS, COLUMNS, 1e-4))) < 0.5);
  }

  @Test
  void pruningCostsLittleMoreThanItsMask() throws Exception {
    double[] pruned = old.clone();
    for (int i = 0; i < pruned.length; i++) {
      pruned[i] = Math.abs(pruned[i]) < 0.05 ? 0 : pruned[i];
    }
    assertTrue(share(model(old), model(pruned)) < 0.05);
  }

  // What follows are numbers in name only: byte tools are good at them, and we have to be better.

  @Test
  void weightsOnAGridThatBecameAnotherGridCostLittle() throws Exception {
    assertTrue(share(model(onGrid(old, 0.004)), model(onGrid(small, 0.0041))) < 0.16);
  }

  @Test
  void weightsOnAFewValuesThatBecameOthersCostAlmostNothing() throws Exception {
    assertTrue(share(model(onGrid(old, 0.1)), model(onGrid(small, 0.11))) < 0.03);
  }

  @Test
  void narrowNumbersInAWideFormatCostWhatTheyWouldInTheirOwn() throws Exception {
    assertTrue(share(model(narrowed(old)), model(narrowed(small))) < 0.12);
    assertTrue(share(model(halved(old)), model(halved(small))) < 0.16);
    assertTrue(share(doubles(rounded(old)), doubles(rounded(small))) < 0.25);
  }

  @Test
  void doublesOfWhichHalfAreNewDownToTheLastBitCostTheNewOnes() throws Exception {
    double[] scaled = Arrays.stream(old).map(it -> it * 1.1).toArray();
    double[] moved = Arrays.stream(small).map(it -> it * 1.1).toArray();
    Random random = new Random(6);
    double[] half = scaled.clone();
    for (int i = 0; i < half.length; i++) {
      half[i] = random.nextBoolean() ? moved[i] : half[i];
    }
    assertTrue(share(doubles(scaled), doubles(half)) < 0.5);
  }

  @Test
  void oneValueSprinkledOverWeightsCostsItsPlaces() throws Exception {
    double[] sprinkled = old.clone();
    Random random = new Random(3);
    for (int i = 0; i < sprinkled.length / 100; i++) {
      sprinkled[random.nextInt(sprinkled.length)] = 0.125;
    }
    assertTrue(share(model(old), model(sprinkled)) < 0.01);
  }

  @Test
  void weightsRoundedToDecimalsThatMovedCostTheirSteps() throws Exception {
    assertTrue(share(model(onGrid(old, 0.001)), model(onGrid(small, 0.001))) < 0.08);
  }

  @Test
  void weightsRoundedToDecimalsWithoutABaseThatHelpsCostWhatTheirValuesDo() throws Exception {
    assertTrue(share(model(old), model(onGrid(weights(9, ROWS, COLUMNS), 0.01))) < 0.3);
  }

  @Test
  void aTableWithEntriesAddedCostsTheEntries() throws Exception {
    long[] keys = new Random(5).longs(ROWS * COLUMNS, 0, 1L << 40).sorted().toArray();
    byte[] then = new byte[8 * keys.length];
    byte[] now = new byte[8 * keys.length];
    for (int i = 0; i < keys.length; i++) {
      NumberFormat.S64.store(then, 8 * i, keys[i]);
      NumberFormat.S64.store(now, 8 * i, i < 10 ? i : keys[i - 10]);
    }
    assertTrue(share(table(then), table(now)) < 0.01);
  }

  private static byte[] table(byte[] content) {
    return new ModelBytes().with("t", ModelBytes.INT64, content, ROWS, COLUMNS).build();
  }

  private static double[] onGrid(double[] values, double step) {
    return Arrays.stream(values).map(it -> Math.rint(it / step) * step).toArray();
  }

  private static byte[] doubles(double[] values) {
    byte[] content = ModelBytes.doubles(values);
    return new ModelBytes().with("w", ModelBytes.DOUBLE, content, ROWS, COLUMNS).build();
  }

  /** Each as the nearest half-precision float, in 32 bits. */
  private static double[] halved(double[] values) {
    return Arrays.stream(values)
        .map(it -> NumberFormat.F16.value(NumberFormat.F16.nearest(it)))
        .toArray();
  }

  /** Each as the nearest bfloat16, in 32 bits. */
  private static byte[] narrowed(double[] values) {
    byte[] content = new byte[4 * values.length];
    for (int i = 0; i < values.length; i++) {
      long bits = NumberFormat.BF16.unordered(NumberFormat.BF16.nearest(values[i]));
      NumberFormat.F32.store(content, 4 * i, bits << 16);
    }
    return content;
  }

  @Test
  void negativeZerosInfinitiesAndOddNansSurviveToTheBit() throws Exception {
    int[] odd = {0, 0x80000000, 0x7f800000, 0xff800000, 0x7fc00001, 0xffffffff, 1, 0x80000001};
    byte[] base = floats(old);
    byte[] result = floats(small);
    Random random = new Random(3);
    for (int i = 0; i < 4000; i++) {
      NumberFormat.F32.store(base, 4 * random.nextInt(old.length), odd[random.nextInt(8)]);
      NumberFormat.F32.store(result, 4 * random.nextInt(old.length), odd[random.nextInt(8)]);
    }
    roundTrip(model(base), model(result));
  }

  @Test
  void everyNumberFormatThereIs() throws Exception {
    int[] types = {1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 16, 17};
    int[] widths = {4, 1, 1, 2, 2, 4, 8, 1, 2, 8, 4, 8, 2, 1};
    for (int i = 0; i < types.length; i++) {
      byte[] base = DeltaTrial.noise(i, 5000 * widths[i]);
      byte[] result = base.clone();
      Random random = new Random(i);
      for (int n = 0; n < 3000; n++) {
        result[random.nextInt(result.length)] += (byte) random.nextInt(3);
      }
      roundTrip(
          new ModelBytes().with("w", types[i], base, 50, 100).build(),
          new ModelBytes().with("w", types[i], result, 50, 100).build());
    }
  }

  @Test
  void tensorsOfManySectionsAreCutAtRows() throws Exception {
    int rows = 900;
    int columns = 1000;
    double[] large = weights(1, rows, columns);
    byte[] base = large(large, rows, columns);
    byte[] result = large(tuned(large, 2, rows, columns, 1e-5), rows, columns);
    assertTrue(share(base, result) < 0.5);
  }

  // A merged adapter: the change is a product of two thin matrices.
  @Test
  void aChangeOfLowRankCostsLittleMoreThanItsVectors() throws Exception {
    double[] left = weights(11, ROWS, 4);
    double[] right = weights(12, 4, COLUMNS);
    double[] merged = old.clone();
    for (int r = 0; r < ROWS; r++) {
      for (int c = 0; c < COLUMNS; c++) {
        for (int k = 0; k < 4; k++) {
          merged[r * COLUMNS + c] += 0.1 * left[4 * r + k] * right[COLUMNS * k + c];
        }
      }
    }
    assertTrue(share(model(rounded(old)), model(rounded(merged))) < 0.2);
  }

  @Test
  void aChangeOfLowRankInATallTensorKeepsToTheLimits() throws Exception {
    int rows = 50_000;
    double[] tall = weights(13, rows, 12);
    double[] merged = tall.clone();
    for (int i = 0; i < merged.length; i++) {
      merged[i] += 1e-4 * Math.sin(Math.floorDiv(i, 12)) * Math.cos(i % 12);
    }
    assertTrue(share(large(tall, rows, 12), large(merged, rows, 12)) < 0.5);
  }

  // Folded batch normalisation: every row by a factor of its own.
  @Test
  void rowsByAFactorCostAlmostNothing() throws Exception {
    double[] scaled = rounded(old);
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] *= 1 + 0.1 * Math.sin(Math.floorDiv(i, COLUMNS));
    }
    assertTrue(share(model(old), model(scaled)) < 0.1);
  }

  // What nothing trains, weight decay shrinks, step by step and rounding each time.
  @Test
  void rowsThatOnlyDecayedCostTheRoundingWhileOthersWereTrained() throws Exception {
    double[] decayed = tuned(old, 2, ROWS, COLUMNS, 1e-3);
    for (int i = 0; i < decayed.length; i++) {
      boolean isTrained = Math.floorDiv(i, COLUMNS) % 4 == 0;
      float weight = (float) (isTrained ? decayed[i] : old[i]);
      for (int step = 0; step < 20; step++) {
        weight *= 1 - 1e-5f;
      }
      decayed[i] = weight;
    }
    assertTrue(share(model(old), model(decayed)) < 0.3);
  }

  // Most is as predicted, the rest is as far from it as can be.
  @Test
  void aFewWeightsThatBecameOthersAmongManyThatWereCast() throws Exception {
    double[] changed = old.clone();
    Random random = new Random(8);
    for (int i = 0; i < changed.length; i += 1 + random.nextInt(400)) {
      changed[i] = random.nextBoolean() ? 0 : -changed[i] * Math.scalb(1.0, random.nextInt(8));
    }
    assertTrue(share(model(old), halves(changed)) < 0.02);
  }

  @Test
  void quantisingCostsAlmostNothing() throws Exception {
    byte[] bytes = ModelBytes.quantised(old, 0.003, 0);
    byte[] result = new ModelBytes().with("w", ModelBytes.INT8, bytes, ROWS, COLUMNS).build();
    assertTrue(share(model(old), result) < 0.03);
  }

  private static double[] rounded(double[] values) {
    double[] rounded = values.clone();
    for (int i = 0; i < rounded.length; i++) {
      rounded[i] = (float) rounded[i];
    }
    return rounded;
  }

  @Test
  void tensorsOfOneDimensionAreCutAnywhere() throws Exception {
    byte[] base = large(weights(1, 1, 700_001), 700_001);
    byte[] result = large(tuned(weights(1, 1, 700_001), 2, 1, 700_001, 1e-5), 700_001);
    assertTrue(share(base, result) < 0.6);
  }

  // Whatever is in the tensors, and whichever shapes they have.
  @Test
  void seededShapesAndContents() throws Exception {
    for (long seed = 0; seed < 40; seed++) {
      Random random = new Random(seed);
      roundTrip(anyModel(random), anyModel(random));
    }
  }

  private static byte[] anyModel(Random random) {
    ModelBytes model = new ModelBytes();
    int[] types = {1, 3, 10, 16, 11, 7};
    int[] widths = {4, 1, 2, 2, 8, 8};
    for (int i = 0; i < 4; i++) {
      int kind = random.nextInt(types.length);
      int rows = random.nextInt(30);
      int columns = 1 + random.nextInt(40);
      byte[] content = new byte[rows * columns * widths[kind]];
      if (random.nextBoolean()) {
        random.nextBytes(content);
      }
      model.with("w" + random.nextInt(4), types[kind], content, rows, columns).withNode("n" + i);
    }
    return model.build();
  }

  private static byte[] large(double[] values, long... dimensions) {
    return new ModelBytes().with("w", ModelBytes.FLOAT, floats(values), dimensions).build();
  }

  private static byte[] halves(double[] values) {
    byte[] content = ModelBytes.halves(values, NumberFormat.F16);
    return new ModelBytes().with("w", ModelBytes.FLOAT16, content, ROWS, COLUMNS).build();
  }

  private static byte[] model(double[] values) {
    return model(floats(values));
  }

  private static byte[] model(byte[] content) {
    return new ModelBytes()
        .withNode("first")
        .with("w", ModelBytes.FLOAT, content, ROWS, COLUMNS)
        .withNode("last")
        .build();
  }
}
