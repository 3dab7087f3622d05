// SPDX-License-Identifier: Apache-2.0
/**
 * Whether the device is what it should be: what was measured, compared with signed reference
 * values, PCR by PCR and, where there is an event log, event by event.
 *
 * <p>Guarantees: only measured digests are compared, never a description that came with them; a log
 * counts only when it replays to the PCRs of the very bank that was read or quoted; what has no
 * reference is {@code UNKNOWN}, so is a boot that left no log where its events should be known, and
 * {@code UNKNOWN} is never taken for {@code GOOD}.
 *
 * <p>Not guaranteed: that the firmware measured truthfully; in which order events of different PCRs
 * happened, since no PCR holds that; a PCR read here is the chip's word over a wire, and only a
 * signed quote is proof to somebody else.
 */
@NullMarked
package dev.bartizan.crypto.boot;

import org.jspecify.annotations.NullMarked;
