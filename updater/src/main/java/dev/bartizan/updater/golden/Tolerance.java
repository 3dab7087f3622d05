// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

/**
 * How far a number may be from the one expected: {@code |found - expected| <= absolute + relative *
 * |expected|}, as NumPy's {@code allclose} has it.
 */
public record Tolerance(double relative, double absolute) {
  /** What ONNX's own test runner allows between one machine and another. */
  public static final Tolerance ONNX = new Tolerance(1e-3, 1e-7);

  public Tolerance {
    if (!(relative >= 0) || !(absolute >= 0)) {
      throw new IllegalArgumentException("a tolerance is not negative");
    }
  }

  /** Nothing is close to NaN, not even NaN: a model that gives it is broken. */
  boolean admits(double expected, double found) {
    return expected == found
        || (Double.isFinite(expected)
            && Math.abs(found - expected) <= absolute + relative * Math.abs(expected));
  }
}
