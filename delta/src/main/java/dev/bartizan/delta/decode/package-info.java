// SPDX-License-Identifier: Apache-2.0
/**
 * Differences between two versions of a file: reading and applying them.
 *
 * <p>A delta is a header and a row of sections; each section rebuilds the next stretch of the
 * result, from a window of the base and a payload. Byte tools see noise in fine-tuned weights; here
 * a section may treat its stretch as numbers and carry only how far each moved. Any pair of files
 * whatsoever is rebuilt to the byte. The layout is in {@link
 * dev.bartizan.delta.format.DeltaFormat}; who writes deltas is in the operator's module.
 *
 * <p>Guarantees: a delta applies to the one base it names; nothing in a section is looked at before
 * its checksum was right; memory is bounded by the section length whatever a delta claims; {@link
 * dev.bartizan.delta.decode.DeltaDecoder#apply} returns only when the whole result has the digest
 * the delta names.
 *
 * <p>Not guaranteed: that the result is one somebody signed. Whoever applies a delta compares
 * {@link dev.bartizan.delta.format.DeltaHeader#result} with signed metadata. And what the sink
 * received counts for nothing until {@code apply} returned.
 */
@NullMarked
package dev.bartizan.delta.decode;

import org.jspecify.annotations.NullMarked;
