// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

/**
 * The key of a map's member, and what people call it.
 *
 * @param name for messages
 */
public record Label(Cbor key, String name) {
  /** A number, which on the wire says nothing to people. */
  public static Label of(long key, String name) {
    return new Label(Cbor.of(key), name);
  }

  /** A text, which is its own name. */
  public static Label of(String key) {
    return new Label(Cbor.of(key), key);
  }
}
