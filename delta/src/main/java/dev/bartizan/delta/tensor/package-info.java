// SPDX-License-Identifier: Apache-2.0
/**
 * Just enough of ONNX to see tensors without loading a model: the protocol buffer wire format, and
 * where a model's tensors lie ({@link dev.bartizan.delta.tensor.TensorMap}, which also reads
 * safetensors, the other format people ship).
 *
 * <p>Guarantees: what is read has the type, shape and length it claims; whatever the bytes say, the
 * answer is a map or an {@link dev.bartizan.delta.tensor.OnnxRefusal}, in memory bounded by the
 * input's length and the limits named here. Not guaranteed: that a runtime accepts the model, or
 * that the bytes are anybody's in particular; signatures are checked before this package sees them.
 *
 * <p>Fields this package does not know are skipped, as protocol buffers ask for.
 */
@NullMarked
package dev.bartizan.delta.tensor;

import org.jspecify.annotations.NullMarked;
