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
 * <p>Not guaranteed: freshness (an old artifact is as valid as it was; the update metadata
 * decides), and that the content key leaves no copy in the Java heap while a cipher is initialised
 * with it.
 */
@NullMarked
package dev.bartizan.crypto.envelope;

import org.jspecify.annotations.NullMarked;
