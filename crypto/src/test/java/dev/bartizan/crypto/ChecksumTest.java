// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.crypto;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ChecksumTest {
  private static final byte[] CONTENT = "what\nwas written".getBytes(StandardCharsets.UTF_8);
  private static final String HEX = Digest.of(CONTENT).hex();

  /** All that are in use: files of devices stay readable. */
  private static final List<Checksum> ALL =
      List.of(
          Checksum.LAST_LINE,
          new Checksum(",\"sha256\":\"", "\"}\n"),
          new Checksum("check ", "\n"),
          new Checksum("bartizan-software-keystore/1 ", "\n"));

  private interface Reader {
    Optional<byte[]> read(byte[] file);
  }

  private static void assertEveryChangeShows(byte[] file, Reader reader) {
    assertArrayEquals(CONTENT, reader.read(file).orElseThrow());
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertEquals(Optional.empty(), reader.read(flipped), "bit " + bit);
    }
    for (int length = 0; length < file.length; length++) {
      assertEquals(Optional.empty(), reader.read(Arrays.copyOf(file, length)));
    }
    assertEquals(Optional.empty(), reader.read(Arrays.copyOf(file, file.length + 1)));
  }

  @Test
  void behindTheContentEveryFlippedBitShowsAndEveryOtherLength() {
    for (Checksum checksum : ALL) {
      assertEveryChangeShows(checksum.append(CONTENT), checksum::strip);
    }
  }

  @Test
  void inFrontOfTheContentEveryFlippedBitShowsAndEveryOtherLength() {
    for (Checksum checksum : ALL) {
      assertEveryChangeShows(checksum.prepend(CONTENT), checksum::stripFront);
    }
  }

  @Test
  void whereItStandsIsAsItWasWritten() {
    Checksum checksum = new Checksum("<", ">");
    assertEquals(
        "what\nwas written\n" + HEX + "\n",
        new String(Checksum.LAST_LINE.append(CONTENT), US_ASCII));
    assertEquals("<" + HEX + ">what\nwas written", new String(checksum.prepend(CONTENT), US_ASCII));
  }

  @Test
  void nothingHasAChecksumToo() {
    byte[] nothing = new byte[0];
    Checksum checksum = Checksum.LAST_LINE;
    assertArrayEquals(nothing, checksum.strip(checksum.append(nothing)).orElseThrow());
    assertArrayEquals(nothing, checksum.stripFront(checksum.prepend(nothing)).orElseThrow());
  }
}
