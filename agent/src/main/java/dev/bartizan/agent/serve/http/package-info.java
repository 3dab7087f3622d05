/**
 * The door for this machine's own applications: HTTP on a Unix socket, and on loopback TCP when
 * asked.
 *
 * <p>Guarantees: every request gets one answer, errors included, as {@code {"error": "…"}}; what a
 * handler throws decides the status and never shows more than its message; the socket is taken over
 * from a dead process and never from a living one; stopping lets the requests under way finish. Who
 * may connect is decided by the socket file's owner and mode, not here. Requests are not logged.
 */
@NullMarked
package dev.bartizan.agent.serve.http;

import org.jspecify.annotations.NullMarked;
