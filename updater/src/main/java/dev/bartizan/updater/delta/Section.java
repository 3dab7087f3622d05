package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import java.nio.ByteBuffer;
import java.security.MessageDigest;

/**
 * What a section says before its payload.
 *
 * @param position where in the result it starts
 * @param resultLength bytes of the result that it rebuilds
 * @param payloadLength bytes
 */
public record Section(long position, long resultLength, int payloadLength) {

  /** The fields as they stand in the delta, without position and digest. */
  public Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.SECTION_FIELDS_LENGTH);
    return Bytes.of(out.putLong(resultLength).putInt(payloadLength).array());
  }

  /** Binds the payload to its place in this one delta. */
  public Digest digest(DeltaHeader header, byte[] payload, MessageDigest sha256) {
    sha256.reset();
    sha256.update(header.encode().asBuffer());
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    sha256.update(encode().asBuffer());
    sha256.update(payload, 0, payloadLength);
    return Digest.ofValue(sha256.digest());
  }
}
