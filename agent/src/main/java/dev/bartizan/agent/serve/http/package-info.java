// SPDX-License-Identifier: Apache-2.0
/**
 * The door for this machine's own applications: HTTP on a Unix socket, and on loopback TCP when
 * asked.
 *
 * <p>Guarantees: every request gets one answer, errors included, as {@code {"error": "…"}}; what a
 * handler throws decides the status and never shows more than its message; the socket is taken over
 * from a dead process and never from a living one; stopping lets the requests under way finish. Who
 * may connect is decided by the socket file's owner and mode, not here. Requests are not logged.
 *
 * <p>A request's way is in {@link dev.bartizan.agent.serve.http.Exchange}, stage by stage. A client
 * that sends or fetches slowly holds no thread, and ends after a time; one user has a share of
 * memory, threads and connections, and what all requests hold together has a bound that scales with
 * the heap ({@link dev.bartizan.agent.serve.http.MemoryBudget}). Not bounded here: what a model
 * itself takes while it runs. An error, such as the end of memory, ends the process.
 */
@NullMarked
package dev.bartizan.agent.serve.http;

import org.jspecify.annotations.NullMarked;
