// SPDX-License-Identifier: Apache-2.0
/**
 * The Open Inference Protocol, version 2, over REST, with the binary tensor data extension, as
 * KServe and Triton clients speak it.
 *
 * <p>Guarantees: a tensor reaches the model only with the type, shape and number of elements the
 * request states; numbers that do not fit their type are refused, never rounded into it; memory for
 * requests is bounded as a whole, and reused. Tensor data is read straight from the request's bytes
 * into the memory the runtime reads, without a tree in between. Type and shape are held against the
 * model before a value is read, and what values become is reserved before it is made: a few bytes
 * cannot become many objects. {@code null} stands for a member that is not there.
 *
 * <p>{@link dev.bartizan.agent.serve.oip.InferencePipeline} tells what a request goes through. An
 * answer of numbers is written while it is sent and is nowhere as a whole: in JSON by and by, in
 * chunks once it is longer than one piece, and in binary from where the model left it. Texts, and
 * JSON that has to say its length because binary data stands behind it, are written first, in the
 * request's share of the memory.
 *
 * <p>Members of a request that the protocol does not know are ignored, as other servers do. JSON
 * has no NaN or infinity: they travel as the texts {@code "NaN"}, {@code "Infinity"} and {@code
 * "-Infinity"}, both ways. FP16 and BF16 in JSON are written as plain numbers.
 */
@NullMarked
package dev.bartizan.agent.serve.oip;

import org.jspecify.annotations.NullMarked;
