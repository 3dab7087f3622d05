// SPDX-License-Identifier: Apache-2.0
/**
 * How a statement is signed: a compact JWS (RFC 7515) whose header names type, algorithm and key.
 *
 * <p>Guarantees: nothing is parsed as a statement before its signature was verified over the bytes
 * received; the algorithm follows from the key, never from the header; keys inside a statement are
 * never used; every document is bounded, and JSON with a duplicate key is refused.
 */
@NullMarked
package dev.bartizan.protocol.jws;

import org.jspecify.annotations.NullMarked;
