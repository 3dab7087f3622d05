// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.updater.disk;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DigestLineTest {
  private static final byte[] CONTENT = "what\nwas written".getBytes(StandardCharsets.UTF_8);

  @Test
  void whatWasAppendedIsStrippedAgain() {
    assertArrayEquals(CONTENT, DigestLine.strip(DigestLine.append(CONTENT)).orElseThrow());
    assertArrayEquals(new byte[0], DigestLine.strip(DigestLine.append(new byte[0])).orElseThrow());
  }

  @Test
  void everyFlippedBitShows() {
    byte[] file = DigestLine.append(CONTENT);
    for (int bit = 0; bit < file.length * 8; bit++) {
      byte[] flipped = file.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      assertEquals(Optional.empty(), DigestLine.strip(flipped), "bit " + bit);
    }
  }

  @Test
  void aFileThatWasCutShortOrGrewShows() {
    byte[] file = DigestLine.append(CONTENT);
    for (int length = 0; length < file.length; length++) {
      assertEquals(Optional.empty(), DigestLine.strip(Arrays.copyOf(file, length)));
    }
    assertEquals(Optional.empty(), DigestLine.strip(Arrays.copyOf(file, file.length + 1)));
  }
}
