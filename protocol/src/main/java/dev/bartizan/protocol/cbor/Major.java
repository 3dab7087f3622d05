// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.cbor;

/** The major types (RFC 8949, 3.1), and the two simple values that are taken. */
final class Major {
  static final int UNSIGNED = 0;
  static final int NEGATIVE = 1;
  static final int OCTETS = 2;
  static final int TEXT = 3;
  static final int ARRAY = 4;
  static final int MAP = 5;
  static final int TAG = 6;
  static final int SIMPLE = 7;

  static final int FALSE = 20;
  static final int TRUE = 21;

  private Major() {}
}
