// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

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

  /** All that stands before the payload in the delta. */
  public Bytes encode(DeltaHeader header, byte[] payload) {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.SECTION_HEADER_LENGTH);
    return Bytes.of(out.put(fields()).putInt(checksum(header, payload)).array());
  }

  private ByteBuffer fields() {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.SECTION_FIELDS_LENGTH);
    return out.putLong(resultLength).putInt(payloadLength).flip();
  }

  /**
   * Ties the payload to its place in this one delta, against accidents. A digest in its place would
   * be no better against somebody who forges: he would write one that is right.
   */
  public int checksum(DeltaHeader header, byte[] payload) {
    CRC32C checksum = new CRC32C();
    checksum.update(header.encode().asBuffer());
    checksum.update(ByteBuffer.allocate(Long.BYTES).putLong(position).flip());
    checksum.update(fields());
    checksum.update(payload, 0, payloadLength);
    return (int) checksum.getValue();
  }
}
