// SPDX-License-Identifier: Apache-2.0
/**
 * What a boot says it measured: TCG2 event logs (crypto agile, and the older SHA-1 form), the log
 * systemd keeps in user space, and the canonical event log (CEL) as TLV and as JSON; and what PCRs
 * hold after it.
 *
 * <p>Guarantees: a log is bytes that somebody may have made up. Every length in it is checked
 * against what is there, time and memory are bounded by {@link EventLog#MAX_LENGTH} and {@link
 * EventLog#MAX_EVENTS}, and whatever is wrong is a {@link LogRefusal} or an {@link Ending} that
 * says so. Nothing but digests enters a replay. Of each event is said whether its digest covers its
 * data ({@link Coverage}); type and order across PCRs are covered by nothing.
 *
 * <p>Not guaranteed: that a log is true. It is, as far as its digests go, when it replays to PCR
 * values that a chip has signed; {@code crypto.boot} does that comparison.
 */
@NullMarked
package dev.bartizan.crypto.eventlog;

import org.jspecify.annotations.NullMarked;
