// SPDX-License-Identifier: Apache-2.0
/**
 * What happens in a fleet, in a database: devices, what was issued to them, tokens, attestation
 * results, boot logs, and the record of keys. An H2 in the server's directory, or a PostgreSQL that
 * several servers share ({@code fleet.json}); the tables and their statements are the same.
 *
 * <pre>
 *   database/fleet.mv.db         the H2, with database/password
 *   database/serving, address    held and written by `serve` while it has the H2: commands go through it
 *   database/mark.json           the last milestone that this directory knows to be in the database
 *   database/withdrawn/UEID      devices that are not trusted, beside the database
 *   database/key-log.json        how long the record of keys is, and its head
 * </pre>
 *
 * <p>Guarantees: a change is durable when its method returns, and seen by every other process and
 * server then; two of them never lose each other's change. A database that is older than what this
 * directory has seen has no token that is good, and no device trusted that was not any more. A
 * database that goes away in the middle is an {@link dev.bartizan.fleet.DatabaseAway}: nothing was
 * given that it was to remember.
 *
 * <p>Not guaranteed: that a directory which is put back together with its database is noticed.
 * Configuration and secrets stay files of the directory, and what the author signed is fetched
 * anew: neither is here.
 */
@NullMarked
package dev.bartizan.fleet.database;

import org.jspecify.annotations.NullMarked;
