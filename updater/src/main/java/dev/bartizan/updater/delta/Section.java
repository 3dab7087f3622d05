package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Bytes;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;

/**
 * What a section says before its payload.
 *
 * @param position where in the result it starts
 * @param resultLength bytes of the result that it rebuilds
 * @param payloadLength bytes
 */
public record Section(long position, long resultLength, int payloadLength) {

  /** The fields as they stand in the delta, without position and checksum. */
  public Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.SECTION_FIELDS_LENGTH);
    return Bytes.of(out.putLong(resultLength).putInt(payloadLength).array());
  }

  /**
   * Ties the payload to its place in this one delta, against accidents. A digest in its place would
   * be no better against somebody who forges: he would write one that is right.
   */
  public int checksum(DeltaHeader header, byte[] payload) {
    CRC32C checksum = new CRC32C();
    checksum.update(header.encode().asBuffer());
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    checksum.update(encode().asBuffer());
    checksum.update(payload, 0, payloadLength);
    return (int) checksum.getValue();
  }
}
