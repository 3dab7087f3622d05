// SPDX-License-Identifier: Apache-2.0
/**
 * How a device shows itself to the server over HTTPS: it asks for a nonce, posts evidence, brings
 * the logs that the server lacks, and gets the attestation result.
 */
@NullMarked
package dev.bartizan.protocol.attestation;

import org.jspecify.annotations.NullMarked;
