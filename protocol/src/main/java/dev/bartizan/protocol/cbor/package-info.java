// SPDX-License-Identifier: Apache-2.0
/**
 * CBOR (RFC 8949) as small documents need it.
 *
 * <p>Guarantees: one encoding of each item, the core deterministic one; whatever else arrives is
 * refused at the byte where it goes wrong, with memory bounded by what was received.
 */
@NullMarked
package dev.bartizan.protocol.cbor;

import org.jspecify.annotations.NullMarked;
