// SPDX-License-Identifier: Apache-2.0
/**
 * Signed CBOR (COSE, RFC 9052): one signer, the bytes as received, no header that nobody signed.
 */
@NullMarked
package dev.bartizan.protocol.cose;

import org.jspecify.annotations.NullMarked;
