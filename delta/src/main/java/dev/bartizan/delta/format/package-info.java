// SPDX-License-Identifier: Apache-2.0
/**
 * What a delta is made of: header, sections, pieces, and the formats of number that a tensor may
 * have. Shared by the side that writes deltas ({@link dev.bartizan.delta.encode}) and the side that
 * applies them ({@link dev.bartizan.delta.decode}).
 *
 * <p>Guarantees: whatever the bytes say, reading ends in a value within the limits of {@link
 * dev.bartizan.delta.format.DeltaFormat} or in a {@link dev.bartizan.delta.format.DeltaRefusal}.
 * The layout to the bit is in the wire formats document.
 */
@NullMarked
package dev.bartizan.delta.format;

import org.jspecify.annotations.NullMarked;
