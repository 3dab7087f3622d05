// SPDX-License-Identifier: Apache-2.0
/**
 * The server's one HTTPS host: everything devices ask of the fleet over HTTP is a {@link
 * dev.bartizan.fleet.http.Route} of it.
 *
 * <p>Guarantees: TLS 1.2 and 1.3; no body reaches a route that is longer than the route allows or
 * that took longer than a deadline as a whole, and none holds a thread while it comes; a client
 * certificate reaches a route only when the fleet's authority signed it and it is valid now.
 * Clients without a certificate are heard too: {@link dev.bartizan.fleet.http.Call#requireDevice}
 * is what a route for devices begins with. Not guaranteed: that a certificate was not revoked since
 * the connection began, for whoever does not ask that.
 */
@NullMarked
package dev.bartizan.fleet.http;

import org.jspecify.annotations.NullMarked;
