// SPDX-License-Identifier: Apache-2.0
/**
 * Golden vectors: inputs and the outputs that a good model gives for them, in ONNX's layout for
 * test data. The author tries them before a release is signed, each device before it serves.
 *
 * <p>Guarantees: only {@link dev.bartizan.updater.golden.GoldenVectors#prove} makes a {@link
 * dev.bartizan.updater.golden.ProvenModel}, on the very session that will answer; nothing is close
 * to NaN. Not guaranteed: that a model which passes is right on other inputs.
 */
@NullMarked
package dev.bartizan.updater.golden;

import org.jspecify.annotations.NullMarked;
