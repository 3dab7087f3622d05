// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import dev.bartizan.crypto.Digest;
import dev.bartizan.delta.decode.DeltaDecoder;
import dev.bartizan.delta.format.DeltaRefusal;
import dev.bartizan.delta.format.KnownContent;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.util.Random;

/** Makes and applies deltas in memory. */
final class DeltaTrial {
  private DeltaTrial() {}

  static byte[] delta(byte[] base, byte[] result) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    new DeltaEncoder().encode(content(base), content(result), out, EncodeProgress.NONE);
    return out.toByteArray();
  }

  static byte[] apply(byte[] base, byte[] delta) throws IOException, DeltaRefusal {
    return apply(base, delta, 1 << 30);
  }

  static byte[] apply(byte[] base, byte[] delta, long lengthMax) throws IOException, DeltaRefusal {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    apply(base, delta, lengthMax, out);
    return out.toByteArray();
  }

  static void apply(byte[] base, byte[] delta, long lengthMax, ByteArrayOutputStream out)
      throws IOException, DeltaRefusal {
    new DeltaDecoder(Digest::sha256, lengthMax)
        .apply(content(base), new ByteArrayInputStream(delta), Channels.newChannel(out)::write);
  }

  static KnownContent content(byte[] bytes) {
    return KnownContent.of(ByteBuffer.wrap(bytes));
  }

  static byte[] noise(long seed, int length) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** The length of a delta from which the result comes out again. */
  static int roundTrip(byte[] base, byte[] result) throws Exception {
    byte[] delta = delta(base, result);
    assertArrayEquals(result, apply(base, delta));
    return delta.length;
  }

  /** The same as a part of the result. */
  static double share(byte[] base, byte[] result) throws Exception {
    return (double) roundTrip(base, result) / result.length;
  }
}
