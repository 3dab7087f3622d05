package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * What a section says before its payload.
 *
 * @param index 0 for the first
 * @param method how the payload is meant
 * @param basePosition where in the base its window starts
 * @param baseLength bytes of that window
 * @param payloadLength bytes
 */
public record Section(
    long index, Method method, long basePosition, int baseLength, int payloadLength) {

  /** The fields as they stand in the delta, without index and digest. */
  public Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.SECTION_FIELDS_LENGTH);
    out.put((byte) method.code()).putLong(basePosition).putInt(baseLength).putInt(payloadLength);
    return Bytes.of(out.array());
  }

  /** Binds the payload to its place in this one delta. */
  public Digest digest(DeltaHeader header, byte[] payload, MessageDigest sha256) {
    sha256.reset();
    sha256.update(header.encode().asBuffer());
    sha256.update(ByteBuffer.allocate(4).putInt((int) index).flip());
    sha256.update(encode().asBuffer());
    sha256.update(payload, 0, payloadLength);
    return Digest.ofValue(sha256.digest());
  }
}
