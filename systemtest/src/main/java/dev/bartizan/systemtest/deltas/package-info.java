// SPDX-License-Identifier: Apache-2.0
/**
 * The benchmark of differences: the delta engine beside the tools people use, and beside coders
 * that stand for the published tensor-aware ones, on a corpus of models that were really trained.
 *
 * <p>Every size counts only after the new file was rebuilt from it, byte for byte. What a tool is
 * asked to do, and what the verdicts ask of ours, is in {@link
 * dev.bartizan.systemtest.deltas.Peers} and {@link dev.bartizan.systemtest.deltas.Verdict}.
 */
@NullMarked
package dev.bartizan.systemtest.deltas;

import org.jspecify.annotations.NullMarked;
