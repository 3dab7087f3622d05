// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.code;

/**
 * The numbers of a run, whole rows of a block one after the other, and what is said of each, side
 * by side in arrays: work on them goes in sweeps.
 */
final class Run {
  /** What is predicted, in the order of numbers; 0 for floats that have no counterpart. */
  final long[] predictions;

  /** Of integers: where between two of them a prediction lay, in eighths; 8 if on one. */
  final byte[] fractions;

  /** The elements, which a reader fills. */
  final long[] elements;

  /** The size that is expected of floats, in half octaves. */
  final int[] sizes;

  final int[] contexts;
  final int[] symbols;

  /**
   * @param most how many elements there can be
   */
  Run(boolean isFloat, int most) {
    this.predictions = new long[most];
    this.fractions = new byte[isFloat ? 0 : most];
    this.elements = new long[most];
    this.sizes = new int[isFloat ? most : 0];
    this.contexts = new int[most];
    this.symbols = new int[most];
  }
}
