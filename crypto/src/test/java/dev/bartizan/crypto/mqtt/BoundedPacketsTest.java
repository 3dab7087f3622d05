// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto.mqtt;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Test;

class BoundedPacketsTest {
  private static final int LIMIT = 300;

  @Test
  void packetsUpToTheLimitPassAsTheyAreHoweverTheyAreRead() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    for (int length : new int[] {0, 1, 127, 128, 129, LIMIT, 0, LIMIT, 2}) {
      packet(sent, length);
    }
    for (int seed = 0; seed < 50; seed++) {
      assertArrayEquals(sent.toByteArray(), readInPieces(sent.toByteArray(), new Random(seed)));
    }
  }

  // Attack: a length that a library would make room for.
  @Test
  void oneByteMoreIsRefusedBeforeItsHeaderIsThrough() throws Exception {
    ByteArrayOutputStream sent = new ByteArrayOutputStream();
    packet(sent, 5);
    packet(sent, LIMIT + 1);

    InputStream in = bounded(sent.toByteArray());
    in.readNBytes(7 + 2);
    PacketTooLarge refused = assertThrows(PacketTooLarge.class, in::read);
    assertEquals(LIMIT + 1, refused.announced());
    assertEquals(LIMIT, refused.limit());
  }

  @Test
  void theLongestLengthThereIsIsNotTooLongToBeRefused() {
    InputStream in = bounded(new byte[] {0x30, -1, -1, -1, 0x7f});
    assertThrows(PacketTooLarge.class, in::readAllBytes);
  }

  @Test
  void aLengthOfFiveBytesIsNone() {
    InputStream in = bounded(new byte[] {0x30, -128, -128, -128, -128, 0});
    IOException refused = assertThrows(IOException.class, in::readAllBytes);
    assertEquals("the broker sent a length of more than four bytes", refused.getMessage());
  }

  private static byte[] readInPieces(byte[] sent, Random random) throws IOException {
    InputStream in = bounded(sent);
    ByteArrayOutputStream read = new ByteArrayOutputStream();
    while (true) {
      byte[] buffer = new byte[1 + random.nextInt(200)];
      int count = in.read(buffer);
      if (count < 0) {
        return read.toByteArray();
      }
      read.write(buffer, 0, count);
    }
  }

  private static InputStream bounded(byte[] sent) {
    return new BoundedPackets(new ByteArrayInputStream(sent), LIMIT);
  }

  private static void packet(ByteArrayOutputStream out, int length) {
    out.write(0x30);
    if (length < 128) {
      out.write(length);
    } else {
      out.write(length % 128 | 0x80);
      out.write(length / 128);
    }
    // Bodies full of what would be headers.
    for (int i = 0; i < length; i++) {
      out.write(0xff);
    }
  }
}
