package dev.bartizan.updater.delta;

import dev.bartizan.crypto.Digest;
import dev.bartizan.updater.delta.DeltaRefusal.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.Optional;

/** Reads a delta section by section; what it hands out has the right digest. */
public final class DeltaReader {
  private final InputStream in;
  private final MessageDigest sha256;
  private final DeltaHeader header;
  private byte[] payload = new byte[0];
  private long next;

  private DeltaReader(InputStream in, MessageDigest sha256, DeltaHeader header) {
    this.in = in;
    this.sha256 = sha256;
    this.header = header;
  }

  /** Reads the header. The stream stays the caller's to close. */
  public static DeltaReader open(InputStream in, MessageDigest sha256)
      throws IOException, DeltaRefusal {
    byte[] header = new byte[DeltaFormat.HEADER_LENGTH];
    fill(in, header, header.length, "header");
    return new DeltaReader(in, sha256, DeltaHeader.parse(header));
  }

  public DeltaHeader header() {
    return header;
  }

  /**
   * The next section, its payload verified and held until the next call; empty after the last one.
   *
   * @throws DeltaRefusal also when bytes follow the last section
   */
  public Optional<Section> next() throws IOException, DeltaRefusal {
    if (next == header.sections()) {
      requireEnd();
      return Optional.empty();
    }
    byte[] fields = new byte[DeltaFormat.SECTION_FIELDS_LENGTH];
    fill(in, fields, fields.length, name());
    Section section = parse(ByteBuffer.wrap(fields));
    byte[] digest = new byte[Digest.LENGTH];
    fill(in, digest, digest.length, name());
    readPayload(section.payloadLength());
    if (!section.digest(header, payload, sha256).equals(Digest.ofValue(digest))) {
      throw new DeltaRefusal(Reason.HASH_MISMATCH, name() + ": its digest is wrong");
    }
    next++;
    return Optional.of(section);
  }

  /** The payload of the section last read; longer than it where a longer one came before. */
  byte[] payload() {
    return payload;
  }

  private Section parse(ByteBuffer fields) throws DeltaRefusal {
    int code = Byte.toUnsignedInt(fields.get());
    Method method =
        Method.ofCode(code).orElseThrow(() -> malformed("method " + code + " is not known"));
    long basePosition = fields.getLong();
    int baseLength = fields.getInt();
    int payloadLength = fields.getInt();
    if (baseLength < 0 || baseLength > DeltaFormat.windowMax(header.sectionLength())) {
      throw malformed("a window of " + Integer.toUnsignedString(baseLength) + " bytes");
    }
    if (basePosition < 0 || basePosition > header.baseLength() - baseLength) {
      throw malformed("its window is outside the base");
    }
    if (payloadLength < 0 || payloadLength > DeltaFormat.payloadMax(header.sectionLength())) {
      throw malformed("a payload of " + Integer.toUnsignedString(payloadLength) + " bytes");
    }
    return new Section(next, method, basePosition, baseLength, payloadLength);
  }

  /** Reads in steps, so that a length costs no memory before that many bytes really came. */
  private void readPayload(int length) throws IOException, DeltaRefusal {
    if (payload.length < length) {
      payload = in.readNBytes(length);
      if (payload.length < length) {
        throw truncated(name());
      }
      return;
    }
    fill(in, payload, length, name());
  }

  private static void fill(InputStream in, byte[] target, int length, String what)
      throws IOException, DeltaRefusal {
    if (in.readNBytes(target, 0, length) < length) {
      throw truncated(what);
    }
  }

  private void requireEnd() throws IOException, DeltaRefusal {
    if (in.read() >= 0) {
      throw new DeltaRefusal(Reason.EXTRA_DATA, "bytes follow the last section");
    }
  }

  private String name() {
    return "section " + next;
  }

  private DeltaRefusal malformed(String detail) {
    return new DeltaRefusal(Reason.MALFORMED, name() + ": " + detail);
  }

  private static DeltaRefusal truncated(String what) {
    return new DeltaRefusal(Reason.TRUNCATED, what + ": the delta ends early");
  }
}
