// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.DeltaHeader;
import dev.bartizan.delta.format.Section;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;

/** Deltas by an attacker who knows the format: whatever they hold, their checksums are right. */
final class Forgery {
  private Forgery() {}

  /** One section with that payload, which is said to make {@code result} from {@code base}. */
  static byte[] delta(byte[] base, byte[] result, byte[] payload) {
    DeltaHeader header =
        new DeltaHeader(base.length, Digest.of(base), result.length, Digest.of(result));
    Section section = new Section(0, result.length, payload.length);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(header.encode().toArray());
    out.writeBytes(section.encode(header, payload).toArray());
    out.writeBytes(payload);
    return out.toByteArray();
  }

  /** The payload of a delta of one section. */
  static byte[] payload(byte[] delta) {
    return Arrays.copyOfRange(
        delta, DeltaFormat.HEADER_LENGTH + DeltaFormat.SECTION_HEADER_LENGTH, delta.length);
  }
}
