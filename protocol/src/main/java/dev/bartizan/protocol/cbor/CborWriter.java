// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import dev.bartizan.crypto.Bytes;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.SortedMap;
import java.util.TreeMap;

/** Writes items: shortest heads, definite lengths (RFC 8949, 3 and 4.2.1). */
final class CborWriter {
  private static final int ONE_BYTE = 24;
  private static final int TWO_BYTES = 25;
  private static final int FOUR_BYTES = 26;
  private static final int EIGHT_BYTES = 27;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  Bytes bytes() {
    return Bytes.of(out.toByteArray());
  }

  void write(Cbor item) {
    if (item instanceof Cbor.Int number) {
      boolean negative = number.value() < 0;
      head(negative ? Major.NEGATIVE : Major.UNSIGNED, negative ? ~number.value() : number.value());
    } else if (item instanceof Cbor.Octets octets) {
      string(Major.OCTETS, octets.value().toArray());
    } else if (item instanceof Cbor.Text text) {
      string(Major.TEXT, text.value().getBytes(StandardCharsets.UTF_8));
    } else if (item instanceof Cbor.Array array) {
      head(Major.ARRAY, array.items().size());
      array.items().forEach(this::write);
    } else if (item instanceof Cbor.Map map) {
      head(Major.MAP, map.members().size());
      members(map);
    } else if (item instanceof Cbor.Tagged tagged) {
      head(Major.TAG, tagged.tag());
      write(tagged.item());
    } else if (item instanceof Cbor.Flag flag) {
      head(Major.SIMPLE, flag.value() ? Major.TRUE : Major.FALSE);
    }
  }

  /** By the encodings of their keys (RFC 8949, 4.2.1). */
  private void members(Cbor.Map map) {
    SortedMap<ByteBuffer, Cbor> sorted = new TreeMap<>(Octet::compare);
    map.members().forEach((key, value) -> sorted.put(key.write().asBuffer(), value));
    sorted.forEach(
        (key, value) -> {
          byte[] encoded = new byte[key.remaining()];
          key.get(encoded);
          out.writeBytes(encoded);
          write(value);
        });
  }

  private void string(int major, byte[] content) {
    head(major, content.length);
    out.writeBytes(content);
  }

  private void head(int major, long argument) {
    if (argument < ONE_BYTE) {
      out.write(major << 5 | (int) argument);
    } else if (argument <= 0xff) {
      head(major, ONE_BYTE, argument, 1);
    } else if (argument <= 0xffff) {
      head(major, TWO_BYTES, argument, 2);
    } else if (argument <= 0xffff_ffffL) {
      head(major, FOUR_BYTES, argument, 4);
    } else {
      head(major, EIGHT_BYTES, argument, 8);
    }
  }

  private void head(int major, int additional, long argument, int length) {
    out.write(major << 5 | additional);
    for (int shift = 8 * (length - 1); shift >= 0; shift -= 8) {
      out.write((int) (argument >>> shift));
    }
  }
}
