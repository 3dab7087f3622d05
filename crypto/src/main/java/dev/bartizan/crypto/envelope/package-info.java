// SPDX-License-Identifier: Apache-2.0
/**
 * How weights travel and rest: the streaming encryption of artifacts, and the content key wrapped
 * to one device.
 *
 * <p>An artifact is a file in C2SP chunked encryption (Cobblestone-256: AES-256-GCM in 16 KiB
 * chunks, random access, key commitment; c2sp.org/chunked-encryption). The key is a CMS {@code
 * EnvelopedData} (RFC 5652, RFC 5753) to the device's unwrap certificate.
 *
 * <p>Guarantees: no byte of a chunk is released before its tag was verified; a truncated, extended,
 * reordered or foreign file is refused; a key envelope opens only with the unwrap key it was made
 * for. Plaintext that passed {@link dev.bartizan.crypto.envelope.Shards} is what the release
 * manifest names.
 *
 * <p>A content key, and all that leads to it, stays in the {@link dev.bartizan.crypto.SecretMemory}
 * it is opened into. The key derived from it for one artifact goes to the cipher in an array that
 * holds it for one chunk and is wiped; the native provider, set to give its contexts back at once
 * ({@code nativeContextReleaseStrategy=EAGER}), keeps none.
 *
 * <p>Not guaranteed: freshness (an old artifact is as valid as it was; the update metadata
 * decides); that a garbage collection in the very microseconds of a chunk leaves no copy of that
 * derived key, or of that chunk; that the platform's cipher, the fallback, keeps none.
 */
@NullMarked
package dev.bartizan.crypto.envelope;

import org.jspecify.annotations.NullMarked;
