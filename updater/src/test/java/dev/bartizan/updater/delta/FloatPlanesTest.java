package dev.bartizan.updater.delta;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;

class FloatPlanesTest {
  @Test
  void neighbouringFloatsAreOneApartAcrossAPowerOfTwo() {
    for (float value : new float[] {1e-38f, 0.1f, 0.99999994f, 1f, 3e38f}) {
      int base = Float.floatToRawIntBits(value);
      assertEquals(2, FloatPlanes.distance(base, Float.floatToRawIntBits(Math.nextUp(value))));
      assertEquals(1, FloatPlanes.distance(base, Float.floatToRawIntBits(Math.nextDown(value))));
    }
  }

  @Test
  void aSmallWeightThatChangesItsSignStaysNear() {
    int base = Float.floatToRawIntBits(Float.MIN_VALUE);
    int word = Float.floatToRawIntBits(-Float.MIN_VALUE);
    // Up to the two zeros and one beyond: three steps down.
    assertEquals(5, FloatPlanes.distance(base, word));
  }

  @Test
  void everyWordIsReachedFromEveryBase() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      int base = random.nextInt();
      int word = random.nextInt();
      assertEquals(word, FloatPlanes.moved(base, FloatPlanes.distance(base, word)));
    }
  }
}
