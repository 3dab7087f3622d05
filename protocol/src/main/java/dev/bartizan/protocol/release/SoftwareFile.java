// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.release;

import dev.bartizan.crypto.Digest;

/**
 * What a file of a software release is.
 *
 * @param length in bytes
 * @param digest SHA-256 of them
 */
public record SoftwareFile(long length, Digest digest) {}
