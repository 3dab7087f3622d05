// SPDX-License-Identifier: Apache-2.0
/**
 * What a delta is made of, for people: which tensors it carries, how each is predicted, what each
 * costs; as text, as JSON, as a picture.
 *
 * <p>Guarantees: nothing is said of a section whose checksum was wrong. Not guaranteed: that the
 * delta applies; only {@link dev.bartizan.delta.decode.DeltaDecoder} shows that, on the base.
 */
@NullMarked
package dev.bartizan.delta.explain;

import org.jspecify.annotations.NullMarked;
