/**
 * Whether the device is what it should be: what was measured, compared with signed reference
 * values.
 *
 * <p>Guarantees: only measured digests are compared, never a description that came with them; what
 * has no reference is {@code UNKNOWN}, and {@code UNKNOWN} is never taken for {@code GOOD}.
 *
 * <p>Not guaranteed: that the firmware measured truthfully; a PCR read here is the chip's word over
 * a wire, and only a signed quote is proof to somebody else.
 */
@NullMarked
package dev.bartizan.crypto.boot;

import org.jspecify.annotations.NullMarked;
