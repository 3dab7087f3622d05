// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads items in their deterministic encoding and refuses every other. A length is believed only as
 * far as there are bytes: no more memory is taken than a few times what was received.
 */
final class CborReader {
  private static final int MAX_DEPTH = 12;

  /** More than any document of ours has; keys that were chosen to collide cost nothing then. */
  private static final int MAX_MEMBERS = 1024;

  private static final int ONE_BYTE = 24;
  private static final int EIGHT_BYTES = 27;
  private static final int LOW_BITS = 0x1f;

  private final ByteBuffer in;
  private final String what;

  CborReader(Bytes encoded, String what) {
    this.in = encoded.asBuffer();
    this.what = what;
  }

  Cbor all() throws Malformed {
    Cbor item = item(0);
    if (in.hasRemaining()) {
      throw bad(in.remaining() + " bytes too many");
    }
    return item;
  }

  private Cbor item(int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw bad("nested more than " + MAX_DEPTH + " deep");
    }
    int first = octet();
    int major = first >>> 5;
    int additional = first & LOW_BITS;
    if (major == Major.SIMPLE) {
      return simple(additional);
    }
    long argument = argument(additional);
    return switch (major) {
      case Major.UNSIGNED -> new Cbor.Int(argument);
      case Major.NEGATIVE -> new Cbor.Int(~argument);
      case Major.OCTETS -> new Cbor.Octets(Bytes.of(octets(argument)));
      case Major.TEXT -> new Cbor.Text(text(octets(argument)));
      case Major.ARRAY -> new Cbor.Array(items(argument, depth));
      case Major.MAP -> new Cbor.Map(members(argument, depth));
      default -> new Cbor.Tagged(argument, item(depth + 1));
    };
  }

  private Cbor simple(int value) throws Malformed {
    if (value != Major.FALSE && value != Major.TRUE) {
      throw bad("a simple value or floating point number, which nothing here has");
    }
    return new Cbor.Flag(value == Major.TRUE);
  }

  private long argument(int additional) throws Malformed {
    if (additional < ONE_BYTE) {
      return additional;
    }
    if (additional > EIGHT_BYTES) {
      throw bad("a length that is not said in advance");
    }
    int length = 1 << (additional - ONE_BYTE);
    long value = 0;
    for (int i = 0; i < length; i++) {
      value = value << 8 | octet();
    }
    if (value < 0) {
      throw bad("a number of more than 63 bits");
    }
    boolean couldBeShorter = length == 1 ? value < ONE_BYTE : value >>> (4 * length) == 0;
    if (couldBeShorter) {
      throw bad("a number in another than its shortest form");
    }
    return value;
  }

  private List<Cbor> items(long count, int depth) throws Malformed {
    requireLeft(count);
    List<Cbor> items = new ArrayList<>();
    for (long i = 0; i < count; i++) {
      items.add(item(depth + 1));
    }
    return items;
  }

  private Map<Cbor, Cbor> members(long count, int depth) throws Malformed {
    requireLeft(count);
    if (count > MAX_MEMBERS) {
      throw bad("a map of more than " + MAX_MEMBERS + " members");
    }
    Map<Cbor, Cbor> members = new LinkedHashMap<>();
    ByteBuffer last = ByteBuffer.allocate(0);
    for (long i = 0; i < count; i++) {
      int begin = in.position();
      Cbor key = item(depth + 1);
      ByteBuffer encoded = in.slice(begin, in.position() - begin);
      if (Octet.compare(last, encoded) >= 0) {
        throw bad("keys of a map twice or out of order");
      }
      last = encoded;
      members.put(key, item(depth + 1));
    }
    return members;
  }

  private byte[] octets(long length) throws Malformed {
    requireLeft(length);
    byte[] content = new byte[(int) length];
    in.get(content);
    return content;
  }

  /** Each item has a byte at least. */
  private void requireLeft(long count) throws Malformed {
    if (count > in.remaining()) {
      throw bad("it ends in the middle of an item");
    }
  }

  private int octet() throws Malformed {
    requireLeft(1);
    return Byte.toUnsignedInt(in.get());
  }

  private String text(byte[] utf8) throws Malformed {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(utf8)).toString();
    } catch (CharacterCodingException notText) {
      throw new Malformed(what + " at byte " + in.position() + ": text that is not UTF-8", notText);
    }
  }

  private Malformed bad(String why) {
    return new Malformed(what + " at byte " + in.position() + ": " + why);
  }
}
