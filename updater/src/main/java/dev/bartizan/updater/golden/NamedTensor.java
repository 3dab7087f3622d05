// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.golden;

import dev.bartizan.updater.engine.Tensor;

/**
 * A tensor of a golden set.
 *
 * @param name empty when the file gives none
 */
public record NamedTensor(String name, Tensor tensor) {}
