// SPDX-License-Identifier: Apache-2.0
/**
 * Models in ONNX Runtime: the one place that knows it. Devices serve with it, and the author tries
 * with it what devices are to serve, so that both ask the same runtime.
 *
 * <p>Guarantees: a model whose weights are not in its own bytes is not loaded ({@link
 * dev.bartizan.updater.engine.ModelRefusal}), so that what was signed is all that runs; no weights
 * and no inputs are written or logged. Not guaranteed: that the runtime keeps its own copy of the
 * weights out of reach of root.
 */
@NullMarked
package dev.bartizan.updater.engine.onnx;

import org.jspecify.annotations.NullMarked;
