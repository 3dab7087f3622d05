// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

/**
 * A tensor as a {@code TensorProto} file holds it.
 *
 * @param name empty when the file gives none
 */
public record NamedTensor(String name, Tensor tensor) {}
