// SPDX-License-Identifier: Apache-2.0
/**
 * How changed numbers become few bits: adaptive contexts, symbols, and one range asymmetric numeral
 * system coder per section. Reader and writer share each class, so that both always predict alike.
 *
 * <p>Guarantees: what a reader yields depends on the base and the coded bytes alone, on every
 * machine and every version of Java (no floating-point operation whose result may vary); coded
 * bytes that end early or are not ours end in a {@link dev.bartizan.delta.format.DeltaRefusal}, in
 * memory bounded by the section. Not guaranteed: that decoded numbers are the ones somebody
 * encoded; the digest of the whole result says so.
 */
@NullMarked
package dev.bartizan.delta.code;

import org.jspecify.annotations.NullMarked;
