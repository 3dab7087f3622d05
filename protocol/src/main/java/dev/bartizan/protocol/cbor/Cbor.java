// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Malformed;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * One item of CBOR (RFC 8949), of the kinds our documents have: no floating point, no null, no
 * simple values besides true and false.
 *
 * <p>There is one encoding of each item, the core deterministic one (RFC 8949, 4.2.1), and {@link
 * #read} takes no other: so an item that was read and written again has the bytes that were signed.
 */
public sealed interface Cbor {
  /** A whole number, of any sign. */
  record Int(long value) implements Cbor {}

  /** A byte string. */
  record Octets(Bytes value) implements Cbor {}

  /** A text string. */
  record Text(String value) implements Cbor {}

  /** True or false. */
  record Flag(boolean value) implements Cbor {}

  /** A tag and what it is about. */
  record Tagged(long tag, Cbor item) implements Cbor {}

  /** Items in order. */
  record Array(List<Cbor> items) implements Cbor {
    public Array {
      items = List.copyOf(items);
    }
  }

  /** Keys, each once, and their values; their order is the encoding's affair. */
  record Map(java.util.Map<Cbor, Cbor> members) implements Cbor {
    public Map {
      members = Collections.unmodifiableMap(new LinkedHashMap<>(members));
    }
  }

  /** A byte string of these bytes. */
  static Octets of(Bytes value) {
    return new Octets(value);
  }

  static Text of(String value) {
    return new Text(value);
  }

  static Int of(long value) {
    return new Int(value);
  }

  /** An array of these. */
  static Array array(Cbor... items) {
    return new Array(List.of(items));
  }

  /** The only encoding. */
  default Bytes write() {
    CborWriter out = new CborWriter();
    out.write(this);
    return out.bytes();
  }

  /**
   * Reads one item that fills all of {@code encoded}.
   *
   * @param limit the most bytes to look at
   * @param what the document's name, for messages
   */
  static Cbor read(Bytes encoded, int limit, String what) throws Malformed {
    if (encoded.length() > limit) {
      throw new Malformed(what + " has " + encoded.length() + " bytes, more than " + limit);
    }
    return new CborReader(encoded, what).all();
  }
}
