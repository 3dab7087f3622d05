// SPDX-License-Identifier: Apache-2.0
/**
 * Getting bytes from a static server: bounded, resumable, and impatient with servers that stall.
 *
 * <p>The caller knows from signed metadata how long a file is and what its SHA-256 is; nothing the
 * server says can change either. Guarantees: no more than the signed length is ever accepted,
 * whatever the server sends; what arrived before an interruption is not asked for again; a client
 * error is final at once, everything else is tried again a bounded number of times with growing,
 * jittered pauses; a server that drips is given up in bounded time, each small file and each answer
 * by its {@link dev.bartizan.updater.fetch.Pace} and several together by their {@link
 * dev.bartizan.updater.fetch.Allowance}; nothing is silently downloaded again from the start unless
 * the policy allows it; what a download may cost is counted before it is spent, through restarts; a
 * mirror is believed no more than any other server.
 *
 * <p>Not guaranteed: that bytes in an unfinished {@link dev.bartizan.updater.fetch.ResumableFile}
 * are the right ones. Only finishing it says so.
 */
@NullMarked
package dev.bartizan.updater.fetch;

import org.jspecify.annotations.NullMarked;
