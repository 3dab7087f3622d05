// SPDX-License-Identifier: Apache-2.0
/**
 * What runs models, as a port: an engine makes sessions of models in memory, and a session answers,
 * with tensors that are this package's own. What is behind it, {@link
 * dev.bartizan.updater.engine.onnx} as things are, is chosen where the daemon is put together.
 */
@NullMarked
package dev.bartizan.updater.engine;

import org.jspecify.annotations.NullMarked;
