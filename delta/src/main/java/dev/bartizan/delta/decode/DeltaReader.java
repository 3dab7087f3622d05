// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.decode;

import dev.bartizan.delta.decode.SectionPlan.Payload;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.DeltaRefusal.Reason;
import dev.bartizan.delta.format.Section;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Optional;

/** Reads a delta section by section; what it hands out has the right checksum. */
public final class DeltaReader {
  /** A section whose checksum was right, and what it is made of. */
  public record Verified(Section section, SectionPlan plan) {}

  private final InputStream in;
  private final DeltaHeader header;
  private long position;

  private DeltaReader(InputStream in, DeltaHeader header) {
    this.in = in;
    this.header = header;
  }

  /** Reads the header. The stream stays the caller's to close. */
  public static DeltaReader open(InputStream in) throws IOException, DeltaRefusal {
    byte[] header = in.readNBytes(DeltaFormat.HEADER_LENGTH);
    if (header.length < DeltaFormat.HEADER_LENGTH) {
      throw truncated("header");
    }
    return new DeltaReader(in, DeltaHeader.parse(header));
  }

  public DeltaHeader header() {
    return header;
  }

  /**
   * The next section, verified; empty after the last one.
   *
   * @throws DeltaRefusal also when bytes follow the last section
   */
  public Optional<Verified> next() throws IOException, DeltaRefusal {
    if (position == header.resultLength()) {
      requireEnd();
      return Optional.empty();
    }
    Section section = parse(read(DeltaFormat.SECTION_FIELDS_LENGTH));
    int checksum = ByteBuffer.wrap(read(Integer.BYTES)).getInt();
    Payload payload =
        Payload.read(in, section.payloadLength()).orElseThrow(() -> truncated(name()));
    if (section.checksum(header, payload.bytes()) != checksum) {
      throw new DeltaRefusal(Reason.HASH_MISMATCH, name() + ": its checksum is wrong");
    }
    SectionPlan plan = SectionPlan.parse(section, header, payload);
    position += section.resultLength();
    return Optional.of(new Verified(section, plan));
  }

  /** Where in the result the next section starts. */
  public long position() {
    return position;
  }

  private Section parse(byte[] encoded) throws DeltaRefusal {
    ByteBuffer fields = ByteBuffer.wrap(encoded);
    long resultLength = fields.getLong();
    int payloadLength = fields.getInt();
    if (resultLength < 1 || resultLength > header.resultLength() - position) {
      throw malformed("it would rebuild " + Long.toUnsignedString(resultLength) + " bytes");
    }
    if (payloadLength < 0 || payloadLength > DeltaFormat.SECTION_PAYLOAD_MAX) {
      throw malformed("a payload of " + Integer.toUnsignedString(payloadLength) + " bytes");
    }
    return new Section(position, resultLength, payloadLength);
  }

  private byte[] read(int length) throws IOException, DeltaRefusal {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw truncated(name());
    }
    return bytes;
  }

  private void requireEnd() throws IOException, DeltaRefusal {
    if (in.read() >= 0) {
      throw new DeltaRefusal(Reason.EXTRA_DATA, "bytes follow the last section");
    }
  }

  private String name() {
    return "the section at " + position;
  }

  private DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, name() + ": " + detail);
  }

  private static DeltaRefusal truncated(String what) {
    return new DeltaRefusal(Reason.TRUNCATED, what + ": the delta ends early");
  }
}
