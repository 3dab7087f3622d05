// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.format;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import java.nio.ByteBuffer;

/**
 * What a delta says about itself: from which file to which.
 *
 * @param baseLength bytes
 * @param base SHA-256 of the file that the delta applies to
 * @param resultLength bytes
 * @param result SHA-256 of the file that comes out
 */
public record DeltaHeader(long baseLength, Digest base, long resultLength, Digest result) {

  public DeltaHeader {
    if (!isLength(baseLength) || !isLength(resultLength)) {
      throw new IllegalArgumentException("lengths " + baseLength + ", " + resultLength);
    }
  }

  private static boolean isLength(long bytes) {
    return bytes >= 0 && bytes <= DeltaFormat.FILE_LENGTH_MAX;
  }

  /** The header as it stands in the delta. */
  public Bytes encode() {
    ByteBuffer out = ByteBuffer.allocate(DeltaFormat.HEADER_LENGTH);
    out.put(DeltaFormat.MAGIC.asBuffer()).putShort((short) DeltaFormat.VERSION);
    out.putLong(baseLength).put(base.value().asBuffer());
    out.putLong(resultLength).put(result.value().asBuffer());
    return Bytes.of(out.array());
  }

  public static DeltaHeader parse(byte[] encoded) throws DeltaRefusal {
    ByteBuffer in = ByteBuffer.wrap(encoded);
    if (!in.slice(0, DeltaFormat.MAGIC.length()).equals(DeltaFormat.MAGIC.asBuffer())) {
      throw new DeltaRefusal(Reason.MALFORMED, "magic: this is not a delta");
    }
    int version = Short.toUnsignedInt(in.position(DeltaFormat.MAGIC.length()).getShort());
    if (version != DeltaFormat.VERSION) {
      throw new DeltaRefusal(Reason.UNKNOWN_VERSION, "version " + version + " is not known here");
    }
    try {
      return new DeltaHeader(in.getLong(), digest(in), in.getLong(), digest(in));
    } catch (IllegalArgumentException outOfRange) {
      throw new DeltaRefusal(Reason.MALFORMED, "header: " + outOfRange.getMessage(), outOfRange);
    }
  }

  private static Digest digest(ByteBuffer in) {
    byte[] value = new byte[Digest.LENGTH];
    in.get(value);
    return Digest.ofValue(value);
  }
}
