// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.tensor;

import dev.bartizan.delta.tensor.OnnxRefusal.Reason;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Walks one protocol buffer message as a stream, field by field, holding none of it.
 *
 * <p>{@link #next} moves to a field and skips whatever the caller left of the one before, so that a
 * field can be ignored, taken, or only located ({@link #position}, {@link #valueLength}). A nested
 * message gets a reader of its own, which is spent once its parent moves on. Lengths are {@code
 * long} throughout: models outgrow 4 GiB.
 */
public final class WireReader {
  /** Graphs nest through control flow; nobody's do so this deep, and the stack is finite. */
  private static final int MAX_DEPTH = 64;

  private static final int MAX_VARINT_BYTES = 10;

  /** How a field's value is laid out. Groups, deprecated before ONNX was born, are refused. */
  public enum WireType {
    VARINT,
    FIXED64,
    LENGTH_DELIMITED,
    FIXED32
  }

  private final Source source;
  private final long end;
  private final int depth;
  private int field;
  private WireType type = WireType.VARINT;
  private long fieldStart;
  private long valueEnd;

  private WireReader(Source source, long end, int depth) {
    this.source = source;
    this.end = end;
    this.depth = depth;
    this.valueEnd = source.position;
  }

  /** A reader of the message that is the next {@code length} bytes of {@code in}. */
  public static WireReader of(InputStream in, long length) {
    return new WireReader(new Source(new BufferedInputStream(in)), length, 0);
  }

  /**
   * Moves to the next field; false at the message's end.
   *
   * @throws OnnxRefusal when what follows is not a field that fits in this message
   */
  public boolean next() throws IOException, OnnxRefusal {
    source.skipTo(valueEnd);
    if (source.position == end) {
      return false;
    }
    fieldStart = source.position;
    valueEnd = end;
    long key = varint();
    field = fieldOf(key);
    type = typeOf((int) (key & 7));
    valueEnd = endOfValue();
    return true;
  }

  /** The current field's number. */
  public int field() {
    return field;
  }

  /** Where the current field begins with its number, from the start of the outermost message. */
  public long fieldStart() {
    return fieldStart;
  }

  public WireType type() {
    return type;
  }

  /** Bytes from the start of the outermost message. */
  public long position() {
    return source.position;
  }

  /** Bytes of the current value that have not been taken yet. */
  public long valueLength() {
    return valueEnd - source.position;
  }

  /** Whether the current value has more to give: for packed repeated fields. */
  public boolean hasMore() {
    return source.position < valueEnd;
  }

  /** Takes one variable-length number: the value, or the next of a packed field. */
  public long varint() throws IOException, OnnxRefusal {
    long value = 0;
    for (int i = 0; i < MAX_VARINT_BYTES; i++) {
      int next = octet();
      value |= (long) (next & 0x7f) << (7 * i);
      if (next < 0x80) {
        return value;
      }
    }
    throw malformed("a number of more than ten bytes");
  }

  /** Takes four bytes, little-endian. */
  public int fixed32() throws IOException, OnnxRefusal {
    int value = 0;
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      value |= octet() << shift;
    }
    return value;
  }

  /** Takes eight bytes, little-endian. */
  public long fixed64() throws IOException, OnnxRefusal {
    return (fixed32() & 0xffff_ffffL) | (long) fixed32() << Integer.SIZE;
  }

  /**
   * Takes the rest of the current value.
   *
   * @param limit the most bytes to accept
   */
  public byte[] bytes(int limit) throws IOException, OnnxRefusal {
    if (valueLength() > limit) {
      throw new OnnxRefusal(
          Reason.TOO_LARGE,
          "field " + field + " has " + valueLength() + " bytes; the limit is " + limit);
    }
    return source.take((int) valueLength());
  }

  /** Takes the rest of the current value as strict UTF-8. */
  public String text(int limit) throws IOException, OnnxRefusal {
    byte[] bytes = bytes(limit);
    try {
      CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
      return text.toString();
    } catch (CharacterCodingException notText) {
      throw new OnnxRefusal(Reason.MALFORMED, "field " + field + " is not UTF-8", notText);
    }
  }

  /** A reader of the current value as a message of its own. */
  public WireReader message() throws OnnxRefusal {
    if (type != WireType.LENGTH_DELIMITED) {
      throw malformed("field " + field + " is not a message");
    }
    if (depth == MAX_DEPTH) {
      throw new OnnxRefusal(Reason.TOO_LARGE, "messages nest deeper than " + MAX_DEPTH);
    }
    return new WireReader(source, valueEnd, depth + 1);
  }

  private int octet() throws IOException, OnnxRefusal {
    if (!hasMore()) {
      throw malformed("a number runs past its field");
    }
    return source.octet();
  }

  private static int fieldOf(long key) throws OnnxRefusal {
    long number = key >>> 3;
    if (number == 0 || number >= 1 << 29) {
      throw malformed("there is no field " + number);
    }
    return (int) number;
  }

  private static WireType typeOf(int number) throws OnnxRefusal {
    return switch (number) {
      case 0 -> WireType.VARINT;
      case 1 -> WireType.FIXED64;
      case 2 -> WireType.LENGTH_DELIMITED;
      case 5 -> WireType.FIXED32;
      default -> throw malformed("there is no wire type " + number);
    };
  }

  private long endOfValue() throws IOException, OnnxRefusal {
    return switch (type) {
      case VARINT -> endOfVarint();
      case FIXED32 -> within(Integer.BYTES);
      case FIXED64 -> within(Long.BYTES);
      case LENGTH_DELIMITED -> within(varint());
    };
  }

  /** Where a number ends is known only by reading it, so it is peeked at. */
  private long endOfVarint() throws IOException, OnnxRefusal {
    return within(source.peekVarintLength(Math.min(MAX_VARINT_BYTES, end - source.position)));
  }

  private long within(long length) throws OnnxRefusal {
    if (length < 0 || length > end - source.position) {
      throw malformed("field " + field + " runs past the end of its message");
    }
    return source.position + length;
  }

  private static OnnxRefusal malformed(String message) {
    return new OnnxRefusal(Reason.MALFORMED, message);
  }

  /** The bytes, and how far we are; shared by a reader and the readers of its parts. */
  private static final class Source {
    private final BufferedInputStream in;
    private long position;

    Source(BufferedInputStream in) {
      this.in = in;
    }

    int octet() throws IOException, OnnxRefusal {
      int next = in.read();
      if (next < 0) {
        throw truncated();
      }
      position++;
      return next;
    }

    byte[] take(int length) throws IOException, OnnxRefusal {
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length) {
        throw truncated();
      }
      position += length;
      return bytes;
    }

    void skipTo(long target) throws IOException, OnnxRefusal {
      try {
        in.skipNBytes(target - position);
      } catch (EOFException early) {
        throw new OnnxRefusal(Reason.TRUNCATED, "the bytes end within a field", early);
      }
      position = target;
    }

    /** Bytes of the number that starts here, itself left unread. */
    int peekVarintLength(long most) throws IOException, OnnxRefusal {
      in.mark(MAX_VARINT_BYTES);
      for (int length = 1; length <= most; length++) {
        int next = in.read();
        if (next < 0) {
          throw truncated();
        }
        if (next < 0x80) {
          in.reset();
          return length;
        }
      }
      throw malformed("a number does not end");
    }

    private static OnnxRefusal truncated() {
      return new OnnxRefusal(Reason.TRUNCATED, "the bytes end within a field");
    }
  }
}
